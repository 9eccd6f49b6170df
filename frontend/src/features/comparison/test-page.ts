import { http as msw, HttpResponse } from "msw";
import { vi } from "vitest";
import { signedIn } from "@/test/render";
import { answer, refuse, server } from "@/test/server";
import type { CaseTable } from "./api";
import { EXPERIMENT, cell, detailOf, row, tableOf } from "./test-data";
import { WIDE } from "./use-media";

export const PAGE = `/compare?base=${EXPERIMENT}:0&with=${EXPERIMENT}:1`;
export const BROKEN = tableOf([
  row(0, "same", [cell(1), cell(1)], { question: "Do you ship to a locker?", tags: ["delivery"] }),
  row(1, "regressed", [cell(1), cell(0.5)], { question: "Who pays the postage?", tags: ["refunds"] }),
  row(2, "regressed", [cell(1), cell(0)], { question: "When do I get my money?", tags: ["refunds"] }),
  row(3, "improved", [cell(0), cell(1)], { question: "Why was I charged twice?", tags: ["billing"] }),
  row(4, "error", [cell(1), cell(null)], { question: "Is there a phone number?", tags: ["account"] }),
]);

/** happy-dom lays nothing out: a window of 600 px, rows of 50; wide enough for the list and a case. */
export function layOut(): void {
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(50);
  vi.spyOn(window, "matchMedia").mockImplementation((query) => Object.assign(new EventTarget(), { matches: query === WIDE, media: query }) as MediaQueryList);
}

export function served(table: CaseTable): void {
  signedIn();
  server.use(
    msw.get("*/api/v1/compare/cases/:id", ({ params }) => {
      const found = table.rows.find(([id]) => id === params.id);
      return HttpResponse.json(detailOf(found?.[1] ?? 0, found?.[2] ?? ""));
    }),
  );
  answer("get", "/compare/cases", table);
  refuse("get", "/compare", 404, "not_found", "There is no verdict.");
  answer("get", "/prompts/diff", {
    from: {},
    to: {},
    unified: "",
    variables: { added: [], removed: [] },
    parameters: [],
    effect: null,
    hunks: [{ op: "replace", old_start: 1, new_start: 1, lines: [{ op: "insert", words: [{ op: "insert", text: "Answer in two sentences.\n" }] }] }],
  });
}
