import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { plural } from "@/lib/format";
import type { Example } from "./api";
import { type Column, isMissing } from "./columns";
import type { Edits } from "./use-edits";

interface MissingBannerProps {
  column: Column;
  examples: readonly Example[];
  /** Set where not all examples are loaded. */
  loaded: number | null;
  version: number;
  edits: Edits;
  isShown: boolean;
  onShow: () => void;
}

/** A variable that the newest version reads and some examples do not give. */
export function MissingBanner({ column, examples, loaded, version, edits, isShown, onShow }: MissingBannerProps) {
  const [text, setText] = useState("");
  const without = examples.filter((example) => isMissing(example, column));
  const fill = () =>
    edits.apply(without.map(({ id }) => ({ id, key: column.key, before: null, after: text })));
  return (
    <Notice
      kind="warn"
      action={
        <span className="row wrap">
          <input
            className="input input--small"
            aria-label={`Value of ${column.name} for all of them`}
            placeholder={column.name}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button small disabled={text === ""} onClick={fill}>
            Fill all
          </Button>
          {!isShown && (
            <Button small onClick={onShow}>
              Show the {without.length}
            </Button>
          )}
        </span>
      }
    >
      <b>
        {plural(without.length, "example")} {without.length === 1 ? "lacks" : "lack"} <code>{column.name}</code>.
      </b>{" "}
      v{version} uses it; without a value these runs would fail.{loaded !== null && ` Counted in the ${loaded} that are loaded.`}
    </Notice>
  );
}
