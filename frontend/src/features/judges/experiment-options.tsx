import type { Schemas } from "@/services/http";

interface ExperimentOptionsProps {
  of: readonly Pick<Schemas["ExperimentSummary"], "id" | "name" | "prompt_name">[] | undefined;
}

/** The experiments of a `select`; of a name that several share, the prompt tells them apart. */
export function ExperimentOptions({ of = [] }: ExperimentOptionsProps) {
  return of.map(({ id, name, prompt_name }) => (
    <option key={id} value={id}>
      {name} ({prompt_name})
    </option>
  ));
}
