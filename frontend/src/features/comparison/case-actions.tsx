import { useRouter, useSearch } from "@tanstack/react-router";
import { Gavel, Pencil, Play } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { ButtonLink } from "@/components/ui/link";
import { useMay } from "@/features/session/use-may";
import type { Judged, Repeat } from "./api";
import type { Case } from "./cases";
import { JudgeWrong } from "./judge-wrong";
import type { Compared } from "./use-comparison";

interface CaseActionsProps {
  compared: Compared;
  one: Case;
  side: number;
  candidate: Repeat | undefined;
  judged: Judged | undefined;
}

export function CaseActions({ compared, one, side, candidate, judged }: CaseActionsProps) {
  const [isCorrecting, setCorrecting] = useState(false);
  const mayReview = useMay("review");
  const { buildLocation } = useRouter();
  const version = compared.table.sides[side];
  const prompt = compared.table.prompt.name;
  const search = useSearch({ from: "/shell/compare" });
  const here = buildLocation({ to: "/compare", search: { ...search, case: one.id } });
  return (
    <div className="inspector__end">
      {isCorrecting && candidate && judged && version && (
        <JudgeWrong
          experimentId={version.experiment_id}
          caseNo={candidate.case_no}
          judged={judged}
          name={compared.names[side] ?? ""}
          onClose={() => setCorrecting(false)}
        />
      )}
      <div className="inspector__foot">
        {version && (
          <ButtonLink small to="/playground" search={{ prompt, v: version.version_number, example: one.id }}>
            <Play className="icon" aria-hidden="true" />
            Playground
          </ButtonLink>
        )}
        {mayReview && judged && candidate?.output && (
          <Button small aria-expanded={isCorrecting} onClick={() => setCorrecting(!isCorrecting)}>
            <Gavel className="icon" aria-hidden="true" />
            Judge is wrong
          </Button>
        )}
        <ButtonLink small to="/prompts/$" params={{ _splat: prompt }} search={{ tab: "golden", example: one.id }}>
          <Pencil className="icon" aria-hidden="true" />
          Edit example
        </ButtonLink>
        <CopyButton wide label="Copy link" text={window.location.origin + here.href} />
      </div>
    </div>
  );
}
