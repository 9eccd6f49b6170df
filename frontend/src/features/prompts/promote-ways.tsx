import { FlaskConical, Pencil, SplitSquareHorizontal, Tag } from "lucide-react";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/link";
import type { Prompt } from "./api";
import type { Known } from "./use-standing";
import type { Shown } from "./use-versions";

interface WaysProps {
  prompt: Prompt;
  known: Known;
  version: Shown;
  holder: number | undefined;
  /** A label no gate protects, if there is one that stands elsewhere. */
  unguarded: string | undefined;
  onLabel: (label: string) => void;
}

export const experimentOf = (prompt: Prompt, version: Shown, holder: number | undefined) => ({
  prompt: prompt.name,
  versions: [...(holder === undefined ? [] : [String(holder)]), String(version.number)],
  ...(holder !== undefined && { baseline: String(holder) }),
});

/** What would settle it: more evidence, another text, or a label without a gate. */
export function PromoteWays({ prompt, known: { standing, verdict }, version, holder, unguarded, onLabel }: WaysProps) {
  const isWorse = verdict?.verdict === "regression";
  const advice = isWorse
    ? "Not more examples: the loss is proven. A new version that repairs it needs a verdict of its own."
    : (verdict?.settle?.sentence ?? "A verdict on all golden examples under the policy of this gate.");
  return (
    <section className="sheet__section">
      <h3>What would settle it</h3>
      {standing !== "first" && <p className="t2">{advice}</p>}
      <div className="choices choices--sheet">
        {!isWorse && (
          <div>
            <FlaskConical className="icon t3" aria-hidden="true" />
            <span>
              <b>Run the experiment</b> {holder === undefined ? "on the golden examples" : `with v${holder} and v${version.number}`}
            </span>
            <ButtonLink small to="/experiments/new" search={experimentOf(prompt, version, holder)}>
              Set up
            </ButtonLink>
          </div>
        )}
        {verdict && (
          <div>
            <SplitSquareHorizontal className="icon t3" aria-hidden="true" />
            <span>
              <b>See what broke</b>, case by case
            </span>
            <ButtonLink small to="/compare" search={{ base: verdict.baseline.version_id, with: [version.id], only: "regressed" }}>
              Compare
            </ButtonLink>
          </div>
        )}
        {verdict && (
          <div>
            <Pencil className="icon t3" aria-hidden="true" />
            <span>
              <b>Fix v{version.number}</b> on the cases it lost
            </span>
            <ButtonLink small to="/playground" search={{ prompt: prompt.name, v: version.number }}>
              Playground
            </ButtonLink>
          </div>
        )}
        {unguarded !== undefined && (
          <div>
            <Tag className="icon t3" aria-hidden="true" />
            <span>
              <b>Put it on {unguarded}</b>, which has no gate
            </span>
            <Button small onClick={() => onLabel(unguarded)}>
              Choose {unguarded}
            </Button>
          </div>
        )}
      </div>
    </section>
  );
}
