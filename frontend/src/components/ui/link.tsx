import { createLink } from "@tanstack/react-router";
import type { ComponentProps } from "react";
import { type ButtonKind, buttonClass } from "./button";

interface AnchorProps extends ComponentProps<"a"> {
  kind?: ButtonKind;
  small?: boolean;
}

function ButtonAnchor({ kind, small, className, children, ...rest }: AnchorProps) {
  return (
    <a {...rest} className={buttonClass({ ...(kind && { kind }), ...(small && { small }) }, className)}>
      {children}
    </a>
  );
}

/** A link of the router that looks like a button: an address deserves an anchor. */
export const ButtonLink = createLink(ButtonAnchor);
