import type { QueryClient } from "@tanstack/react-query";
import { type CaseTable, type Named, caseOptions, casesOptions } from "./api";
import { onlyOf, readCases, selectCases } from "./cases";
import { CLOSED, type Choices } from "./choices";
import { WIDE } from "./use-media";

/**
 * Asks for the list, and for the case that will stand open beside it as soon as that is known: a slow machine draws the page for
 * longer than the answer takes.
 */
export async function askAhead(client: QueryClient, named: Named, choices: Choices): Promise<void> {
  const table = await client.ensureQueryData(casesOptions(named, choices.metric)).catch(() => undefined); // the page says why
  const id = table && openCase(table, choices);
  if (id) await client.prefetchQuery(caseOptions(named, id));
}

function openCase(table: CaseTable, { case: asked, only, sort = "delta", tag, q }: Choices): string | undefined {
  if (asked === CLOSED) return undefined;
  const cases = readCases(table);
  if (asked && cases.byId.has(asked)) return asked;
  const opensItself = window.matchMedia(WIDE).matches && table.sides.length === 2;
  return opensItself ? selectCases(cases, { only: onlyOf(cases, only), sort, tag, q })[0]?.id : undefined;
}
