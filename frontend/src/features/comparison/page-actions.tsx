import { useNavigate } from "@tanstack/react-router";
import { ArrowUpFromLine, FlaskConical, Play, Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ButtonLink } from "@/components/ui/link";
import { useMay } from "@/features/session/use-may";
import { hasEnded } from "./api";
import { ExportMenu } from "./export-menu";
import { RunChoices } from "./run-choices";
import { MOST_CANDIDATES, named } from "./sides";
import type { Compared } from "./use-comparison";
import type { PairVerdict } from "./use-verdicts";

interface PageActionsProps {
  compared: Compared;
  verdict: PairVerdict | undefined;
}

export function PageActions({ compared, verdict }: PageActionsProps) {
  return (
    <>
      <AddRun compared={compared} />
      <ExportMenu sides={compared.table.sides} />
      <NextStep compared={compared} verdict={verdict} />
    </>
  );
}

function AddRun({ compared }: { compared: Compared }) {
  const [isOpen, setOpen] = useState(false);
  const navigate = useNavigate({ from: "/compare" });
  const taken = compared.table.sides.map(named);
  const [base, ...others] = taken;
  if (others.length >= MOST_CANDIDATES) return null;
  return (
    <>
      <Button className="wide" onClick={() => setOpen(true)}>
        <Plus className="icon" aria-hidden="true" />
        Add run
      </Button>
      {isOpen && (
        <Dialog title="Add a run" onClose={() => setOpen(false)}>
          <RunChoices
            promptId={compared.table.prompt.id}
            without={taken}
            onChoose={({ key }) => {
              setOpen(false);
              void navigate({ search: { base, with: [...others, key] } });
            }}
          />
        </Dialog>
      )}
    </>
  );
}

/** What a reader does next: repair what broke, promote what passed, watch what runs. */
function NextStep({ compared, verdict }: PageActionsProps) {
  const mayWrite = useMay("write");
  const [candidate] = compared.candidates;
  const prompt = compared.table.prompt.name;
  const name = compared.names[1];
  if (!candidate) return null;
  const running = compared.table.sides.findLastIndex((side) => !hasEnded(side));
  const watched = compared.table.sides[running];
  if (watched) {
    return (
      <ButtonLink kind="primary" to="/experiments/$experimentId" params={{ experimentId: watched.experiment_id }}>
        <FlaskConical className="icon" aria-hidden="true" />
        Watch {compared.names[running]}
      </ButtonLink>
    );
  }
  if (verdict?.ruling === "pass" && mayWrite && candidate.name === null) {
    return (
      <ButtonLink kind="primary" to="/prompts/$" params={{ _splat: prompt }} search={{ v: candidate.version_number, promote: "production" }}>
        <ArrowUpFromLine className="icon" aria-hidden="true" />
        Promote {name}
      </ButtonLink>
    );
  }
  return (
    <ButtonLink kind="primary" to="/playground" search={{ prompt, v: candidate.version_number }}>
      <Play className="icon" aria-hidden="true" />
      {verdict?.ruling === "pass" ? "Try" : "Fix"} {name} in the playground
    </ButtonLink>
  );
}
