import { useNavigate } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { IconButton } from "@/components/ui/button";
import { Menu, MenuItem, MenuLine } from "@/components/ui/menu";
import { useMay } from "@/features/session/use-may";
import { type Status, exportUrl } from "./api";
import type { Arm } from "./arms";
import { RejudgeDialog } from "./rejudge-dialog";
import { rerunOf } from "./rerun";
import { isFinal } from "./words";

const FORMATS = [
  ["csv", "Export cases as CSV"],
  ["jsonl", "Export cases as JSON lines"],
  ["markdown", "Report as Markdown"],
  ["html", "Report as one HTML file"],
  ["junit", "Report as JUnit"],
] as const;

interface MoreMenuProps {
  status: Status;
  /** None while they are not known. */
  arms: readonly Arm[];
}

export function MoreMenu({ status, arms }: MoreMenuProps) {
  const navigate = useNavigate();
  const mayRun = useMay("run");
  const [isJudging, setJudging] = useState(false);
  const rerun = rerunOf(status, arms);
  return (
    <>
      <Menu
        trigger={
          <IconButton label="More">
            <Ellipsis className="icon" aria-hidden="true" />
          </IconButton>
        }
      >
        {mayRun && (
          <>
            <MenuItem disabled={!rerun} onSelect={() => rerun && void navigate({ to: "/experiments/new", search: rerun })}>
              Rerun with…
            </MenuItem>
            <MenuItem disabled={!isFinal(status.status)} onSelect={() => setJudging(true)}>
              Judge again…
            </MenuItem>
            <MenuLine />
          </>
        )}
        {FORMATS.map(([format, name]) => (
          <MenuItem key={format} onSelect={() => window.location.assign(exportUrl(status.experiment_id, format))}>
            {name}
          </MenuItem>
        ))}
      </Menu>
      {isJudging && <RejudgeDialog status={status} onClose={() => setJudging(false)} />}
    </>
  );
}
