import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { copyText } from "@/lib/copy-text";
import { Button, IconButton } from "./button";

interface CopyButtonProps {
  text: string;
  label: string;
  /** The label beside the icon, not only for readers. */
  wide?: boolean;
}

const SAID_MS = 2_000;
const REFUSED_MS = 8_000;

export function CopyButton({ text, label, wide = false }: CopyButtonProps) {
  const [said, setSaid] = useState<string | null>(null);
  const copy = async () => {
    const isCopied = await copyText(text);
    setSaid(isCopied ? "Copied" : "Select it and copy");
    setTimeout(() => setSaid(null), isCopied ? SAID_MS : REFUSED_MS);
  };
  const icon = said === "Copied" ? <Check className="icon" aria-hidden="true" /> : <Copy className="icon" aria-hidden="true" />;
  // what could not be done is said where everybody reads it
  if (!wide && (said === null || said === "Copied"))
    return (
      <IconButton label={said ?? label} kind="quiet" small onClick={copy}>
        {icon}
      </IconButton>
    );
  return (
    <Button small onClick={copy}>
      {icon}
      <span aria-live="polite">{said ?? label}</span>
    </Button>
  );
}
