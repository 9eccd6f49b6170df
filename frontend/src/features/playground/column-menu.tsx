import { Ellipsis } from "lucide-react";
import { IconButton } from "@/components/ui/button";
import { Menu, MenuItem, MenuLine } from "@/components/ui/menu";
import { toast } from "@/components/ui/toast";
import { copyText } from "@/lib/copy-text";
import { asCurl, asPython } from "./snippets";
import { type Column, type PlaygroundState } from "./state";
import { type Trial, trialOf } from "./trial";

async function copy(what: string, write: (trial: Trial, origin: string) => string, column: Column, state: PlaygroundState): Promise<void> {
  try {
    const isCopied = await copyText(write(trialOf(column.content, state), window.location.origin));
    toast(isCopied ? `Copied as ${what}. The key is read from LLMOPS_API_KEY.` : "The browser does not allow copying here.");
  } catch {
    toast("Not copied: the response schema is not JSON.");
  }
}

interface ColumnMenuProps {
  letter: string;
  column: Column;
  state: PlaygroundState;
  mayWrite: boolean;
  onSource: () => void;
  onSaveVersion: () => void;
  onSavePrompt: () => void;
}

export function ColumnMenu({ letter, column, state, mayWrite, onSource, onSaveVersion, onSavePrompt }: ColumnMenuProps) {
  return (
    <Menu
      trigger={
        <IconButton label={`More for ${letter}`} kind="quiet" small>
          <Ellipsis className="icon" aria-hidden="true" />
        </IconButton>
      }
    >
      <MenuItem onSelect={onSource}>Take a version of the library…</MenuItem>
      {mayWrite && (
        <>
          <MenuItem disabled={!column.source} onSelect={onSaveVersion}>
            Save as a new version…
          </MenuItem>
          <MenuItem onSelect={onSavePrompt}>Save as a new prompt…</MenuItem>
        </>
      )}
      <MenuLine />
      <MenuItem onSelect={() => void copy("a curl command", asCurl, column, state)}>Copy for the command line (curl)</MenuItem>
      <MenuItem onSelect={() => void copy("Python", asPython, column, state)}>Copy as Python</MenuItem>
    </Menu>
  );
}
