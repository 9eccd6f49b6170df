import { FlaskConical, ShieldAlert } from "lucide-react";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/link";
import type { Prompt } from "./api";
import { experimentOf } from "./promote-ways";
import type { Known } from "./use-standing";
import type { Shown } from "./use-versions";

interface FootProps {
  prompt: Prompt;
  known: Known;
  label: string;
  number: number;
  version: Shown | undefined;
  holder: number | undefined;
  isOverriding: boolean;
  isBusy: boolean;
  onMove: (override: boolean) => void;
  onClose: () => void;
}

/** The primary button is what can be done: move it, find out, see why not, or override. */
export function PromoteFoot({ prompt, known: { standing, verdict, isPending }, label, number, version, holder, isOverriding, isBusy, onMove, onClose }: FootProps) {
  const mayMove = ["free", "held", "pass", "back"].includes(standing);
  const isHeld = holder === number;
  const primary = () => {
    if (mayMove || isPending || !version)
      return (
        <Button kind="primary" busy={isBusy} disabled={!version || isHeld || isPending} onClick={() => onMove(false)}>
          Move {label} to v{number}
        </Button>
      );
    if (isOverriding)
      return (
        <Button kind="danger" busy={isBusy} onClick={() => onMove(true)}>
          <ShieldAlert className="icon" aria-hidden="true" />
          Override and promote v{number}
        </Button>
      );
    if (verdict?.verdict === "regression")
      return (
        <ButtonLink kind="primary" to="/compare" search={{ base: verdict.baseline.version_id, with: [version.id], only: "regressed" }}>
          See what broke
        </ButtonLink>
      );
    return (
      <ButtonLink kind="primary" to="/experiments/new" search={experimentOf(prompt, version, holder)}>
        <FlaskConical className="icon" aria-hidden="true" />
        Run experiment
      </ButtonLink>
    );
  };
  return (
    <>
      <span className="small t3 wide">{holder !== undefined && (mayMove || isOverriding) ? "Undo: one click, 10 s" : ""}</span>
      <span className="push" />
      <Button onClick={onClose}>Cancel</Button>
      {primary()}
    </>
  );
}
