import type { Dashboard, Days } from "./api";
import { Updated } from "./updated";
import { dayName } from "./zone";

const WINDOWS: Readonly<Record<Days, string>> = {
  1: "last 24 hours against the 24 before",
  7: "last 7 days against the 7 before",
  30: "last 30 days against the 30 before",
};

/** The newest move of what serves: the dotted line in the courses. */
export const lastMove = ({ label_moves }: Dashboard) => label_moves.find(({ label }) => label === "production");

interface IdentityProps {
  dashboard: Dashboard;
  days: Days;
  updatedAt: number;
  zone: string;
}

export function Identity({ dashboard, days, updatedAt, zone }: IdentityProps) {
  const move = lastMove(dashboard);
  return (
    <span>
      Workspace <b>{dashboard.workspace.name}</b> · {WINDOWS[days]} · <Updated at={updatedAt} />
      {move && (
        <>
          {" "}
          · dotted line: <b>production</b> of {move.prompt_name} moved to v{move.to_number} on {dayName(move.at, zone)}
        </>
      )}
    </span>
  );
}
