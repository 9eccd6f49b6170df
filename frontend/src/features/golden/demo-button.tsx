import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useLoadDemo } from "@/features/session/use-load-demo";

/** A prompt with examples, versions and an experiment, to look around in. */
export function DemoButton() {
  const demo = useLoadDemo();
  return (
    <>
      <Button busy={demo.isPending} onClick={() => demo.mutate()}>
        Load demo data
      </Button>
      {demo.error && <Notice kind="error">{demo.error.detail || demo.error.title}</Notice>}
    </>
  );
}
