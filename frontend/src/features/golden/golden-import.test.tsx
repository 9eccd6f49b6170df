import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { expect, test } from "vitest";
import type { Schemas } from "@/services/http";
import { server } from "@/test/server";
import { LIST, cell, example, onPatch, show } from "./testing";

const paste = (text: string) => fireEvent.paste(screen.getByRole("grid"), { clipboardData: { getData: () => text } });

test("a pasted block is shown first and written only when it is taken", async () => {
  const patches: Parameters<typeof onPatch>[1] = [];
  const rows = [example(1), example(2)];
  const { user } = show(rows);
  for (const row of rows) onPatch(row.id, patches, (body) => HttpResponse.json({ ...row, ...body, revision: 4 }));
  await user.click(await cell("Answer 1"));

  paste("First\tclear\nSecond\tclear");
  expect(await screen.findByText("4 cells")).toBeVisible();
  expect(patches).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Change 4 cells" }));

  await waitFor(() => expect(patches).toHaveLength(2));
  expect(patches.map(({ body }) => body)).toEqual(
    expect.arrayContaining([
      { expected_output: "First", criteria: "clear" },
      { expected_output: "Second", criteria: "clear" },
    ]),
  );
});

// the raw body: the test environment's own form parser drops files
const dryRunOf = (body: string) => /name="dry_run"\s+(\w+)/.exec(body)?.[1] ?? "";

const importAnswer = (dryRun: boolean, errors: Schemas["RowErrorRead"][], rows: number) => ({
  imported: dryRun ? 0 : rows,
  dry_run: dryRun,
  rows,
  errors,
  columns: ["question", "lang", "set"],
  mapping: { question: "input.question", lang: "input.lang", set: "split" },
  sample: [],
});

test("a paste of new rows names the bad ones by their row, and leaves them out only when told to", async () => {
  const sent: { dryRun: string; body: string }[] = [];
  const { user } = show([example(1)]);
  server.use(
    http.post(`*/api/v1${LIST}/import`, async ({ request }) => {
      const body = await request.text();
      const dryRun = dryRunOf(body);
      sent.push({ dryRun, body });
      return HttpResponse.json(importAnswer(dryRun === "true", dryRun === "true" ? [{ row: 3, field: "lang", message: "The variable lang has no value in this row." }] : [], 1));
    }),
  );
  await user.click(await cell("Answer 1"));

  paste("question\tlang\tset\nWhere is it?\ten\ttest\nHow long?\t\ttest");
  const errors = await screen.findByRole("list", { name: "Errors by row" });
  expect(within(errors).getByText("Row 3")).toBeVisible();
  expect(sent.map(({ dryRun }) => dryRun)).toEqual(["true"]);
  await user.click(screen.getByRole("button", { name: "Import 1, skip 1" }));

  expect(await screen.findByText("Imported 1 example.")).toBeVisible();
  expect(sent[1]?.dryRun).toBe("false");
  expect(sent[1]?.body).toContain('\r\n\r\n\n{"question":"Where is it?","lang":"en","set":"test"}\n\r\n');
});

test("a file with bad rows is told row by row and cannot be imported in part", async () => {
  const dryRuns: string[] = [];
  const { user } = show([example(1)], "?import=true");
  server.use(
    http.post(`*/api/v1${LIST}/import`, async ({ request }) => {
      dryRuns.push(dryRunOf(await request.text()));
      return HttpResponse.json(importAnswer(true, [{ row: 4, field: "set", message: "A split is a text." }], 40));
    }),
  );
  const sheet = await screen.findByRole("dialog", { name: "Import golden examples" });
  await user.upload(within(sheet).getByLabelText("File"), new File(["question,lang,set\n"], "golden.csv"));

  expect(await within(sheet).findByText("Row 4")).toBeVisible();
  expect(within(sheet).getByRole("button", { name: "Import 40 examples" })).toBeDisabled();
  expect(dryRuns).toEqual(["true"]);
});

