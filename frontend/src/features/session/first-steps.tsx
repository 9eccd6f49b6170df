import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { loadDemoData } from "./api";

interface FirstStepsProps {
  onGo: (path: string) => void;
}

/** The account is there: begin with something to look at, or with an empty workspace. */
export function FirstSteps({ onGo }: FirstStepsProps) {
  const demo = useMutation({ mutationFn: loadDemoData, onSuccess: (made) => onGo(made.url) });
  return (
    <>
      <p className="t2">
        The demo data is a prompt with three versions, forty golden examples, a gate, and an experiment that runs on the built-in model. It needs no key, and
        you can remove it again.
      </p>
      {demo.isError && <Notice kind="error">{demo.error.detail || demo.error.title}</Notice>}
      <Button kind="primary" autoFocus busy={demo.isPending} onClick={() => demo.mutate()}>
        Load demo data
      </Button>
      <Button onClick={() => onGo("/")}>Start empty</Button>
    </>
  );
}
