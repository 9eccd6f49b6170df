import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { count, plural } from "@/lib/format";
import type { Example, Facets } from "./api";
import { givenOf, inputKey } from "./columns";
import type { Edits } from "./use-edits";

interface MissingBannerProps {
  lack: Facets["lacking"][number];
  /** Those that are loaded. */
  examples: readonly Example[];
  version: number;
  edits: Edits;
  isShown: boolean;
  onShow: () => void;
}

/** A variable that the newest version needs and some examples do not give; only what is loaded can be filled. */
export function MissingBanner({ lack, examples, version, edits, isShown, onShow }: MissingBannerProps) {
  const [text, setText] = useState("");
  const without = examples.filter((example) => !givenOf(example, lack.variable));
  const fill = () =>
    edits.apply(without.map((example) => ({ id: example.id, key: inputKey(lack.variable), before: givenOf(example, lack.variable), after: text })));
  return (
    <Notice
      kind="warn"
      action={
        <span className="row wrap">
          <input
            className="input input--small"
            aria-label={`Value of ${lack.variable} for all of them`}
            placeholder={lack.variable}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button small disabled={text === "" || without.length === 0} onClick={fill}>
            {without.length < lack.count ? `Fill the ${count(without.length)} loaded` : "Fill all"}
          </Button>
          {!isShown && (
            <Button small onClick={onShow}>
              Show the {count(lack.count)}
            </Button>
          )}
        </span>
      }
    >
      <b>
        {plural(lack.count, "example")} {lack.count === 1 ? "lacks" : "lack"} <code>{lack.variable}</code>.
      </b>{" "}
      v{version} uses it; without a value a run fails, and an empty one tells it nothing.
    </Notice>
  );
}
