import { ArrowBigUp, Eye, EyeOff } from "lucide-react";
import { type ComponentProps, type KeyboardEvent, useState } from "react";
import { IconButton } from "@/components/ui/button";

interface PasswordInputProps extends Omit<ComponentProps<"input">, "type"> {
  autoComplete: "current-password" | "new-password";
}

/** A password that can be shown, and that says when caps lock is on. */
export function PasswordInput(props: PasswordInputProps) {
  const [isShown, setShown] = useState(false);
  const [isCaps, setCaps] = useState(false);
  const look = (event: KeyboardEvent) => setCaps(event.getModifierState("CapsLock"));
  const Icon = isShown ? EyeOff : Eye;
  return (
    <>
      <span className="row">
        <input {...props} className="input" type={isShown ? "text" : "password"} spellCheck={false} onKeyDown={look} onKeyUp={look} />
        <IconButton label={isShown ? "Hide password" : "Show password"} onClick={() => setShown(!isShown)}>
          <Icon className="icon" aria-hidden="true" />
        </IconButton>
      </span>
      <span role="status">
        {isCaps && (
          <span className="row small verdict--inconclusive">
            <ArrowBigUp className="icon" aria-hidden="true" />
            Caps lock is on.
          </span>
        )}
      </span>
    </>
  );
}
