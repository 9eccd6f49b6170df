import { type ReactElement, type ReactNode, Suspense, startTransition, useState } from "react";
import { Button } from "@/components/ui/button";

interface LateMenuProps {
  name: string;
  icon: ReactNode;
  small?: boolean;
  /** The lazy menu, open from the start, with this button as its trigger. */
  children: (trigger: ReactElement) => ReactNode;
}

/** A quiet button whose menu is fetched at the first press: most visits never open it. Until it is there the button keeps the focus. */
export function LateMenu({ name, icon, small = false, children }: LateMenuProps) {
  const [isAsked, setAsked] = useState(false);
  const face = (
    <>
      {icon}
      {name}
    </>
  );
  return (
    <Suspense>
      {isAsked ? (
        children(
          <Button kind="quiet" small={small}>
            {face}
          </Button>,
        )
      ) : (
        <Button kind="quiet" small={small} aria-haspopup="menu" aria-expanded={false} onClick={() => startTransition(() => setAsked(true))}>
          {face}
        </Button>
      )}
    </Suspense>
  );
}
