import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { loadDemoData } from "@/features/session/api";

/** A prompt with examples, versions and an experiment, to look around in. */
export function DemoButton() {
  const navigate = useNavigate();
  const demo = useMutation({ mutationFn: loadDemoData, onSuccess: (made) => void navigate({ href: made.url }) });
  return (
    <>
      <Button busy={demo.isPending} onClick={() => demo.mutate()}>
        Load demo data
      </Button>
      {demo.error && <Notice kind="error">{demo.error.detail || demo.error.title}</Notice>}
    </>
  );
}
