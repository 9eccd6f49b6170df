import { useQuery } from "@tanstack/react-query";
import { QueryStates } from "@/components/layout/states";
import { systemOptions } from "./api";
import { SystemFacts } from "./system-facts";
import { SystemTables } from "./system-tables";

export function SystemSection() {
  const system = useQuery(systemOptions);
  return (
    <QueryStates query={system} failed="The state of the system could not be loaded.">
      {(now) => (
        <>
          <SystemFacts system={now} at={system.dataUpdatedAt} />
          <SystemTables system={now} />
        </>
      )}
    </QueryStates>
  );
}
