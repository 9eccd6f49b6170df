import type { Status } from "./api";
import { type Cause, causeOf } from "./words";

export interface CauseGroup extends Cause {
  key: string;
  /** In the words of the first of them. */
  said: string | null;
  state: Status["causes"][number]["state"];
  cases: number;
}

/** The causes as a person reads them, in the server's order: the most frequent first. */
export const toldCauses = ({ causes }: Pick<Status, "causes">): CauseGroup[] =>
  causes.map(({ state, error_code, count, example }) => ({
    key: `${state} ${error_code ?? ""}`,
    ...causeOf(state, error_code),
    said: example,
    state,
    cases: count,
  }));
