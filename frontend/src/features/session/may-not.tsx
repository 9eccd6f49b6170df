import { useQuery } from "@tanstack/react-query";
import { Lock } from "lucide-react";
import { meOptions } from "./api";

interface MayNotProps {
  /** What is closed: "see API keys". */
  to: string;
  who?: string;
}

/** Instead of what one's role does not open: what is missing, and who has it. */
export function MayNot({ to, who = "an admin" }: MayNotProps) {
  const me = useQuery(meOptions);
  return (
    <div className="notice notice--info" role="note">
      <Lock className="icon" aria-hidden="true" />
      <span className="grow">
        Only {who} can {to}. {me.data && <>Your role is {me.data.role}; an admin can change it under Members.</>}
      </span>
    </div>
  );
}
