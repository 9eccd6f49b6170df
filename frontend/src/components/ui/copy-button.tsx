import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "./button";

interface CopyButtonProps {
  text: string;
  label: string;
  /** The label beside the icon, not only for readers. */
  wide?: boolean;
}

export function CopyButton({ text, label, wide = false }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  };
  const icon = isCopied ? <Check className="icon" aria-hidden="true" /> : <Copy className="icon" aria-hidden="true" />;
  if (!wide)
    return (
      <IconButton label={isCopied ? "Copied" : label} kind="quiet" small onClick={copy}>
        {icon}
      </IconButton>
    );
  return (
    <Button small onClick={copy}>
      {icon}
      {isCopied ? "Copied" : label}
    </Button>
  );
}
