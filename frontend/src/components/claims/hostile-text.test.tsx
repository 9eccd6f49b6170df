import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { DiffTable } from "@/components/diff/diff-table";
import { wordDiff } from "@/components/diff/word-diff";
import { UnifiedDiff, WordDiff } from "@/components/diff/word-diff-view";
import { PromptText } from "@/components/editor/prompt-text";
import { JsonView } from "@/components/json-view";
import { LongText } from "@/components/long-text";
import { ClaimList } from "./claim-list";
import { placeClaims } from "./claim-spans";
import { ClaimText } from "./claim-text";

const HOSTILE = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)> <svg onload=alert(1)> <a href='javascript:alert(1)'>free</a>",
  "</span></div><style>*{display:none}</style><iframe srcdoc='<b>x</b>'>",
  "[free](javascript:alert(1)) **bold** ![x](http://example.org/x.png) `code` <!-- c -->",
  "&lt;b&gt; &amp; &#x3c;script&#x3e; ]]> \u0000 \ufffd",
  "abc \u202egpj.exe\u202c \u2066rtl\u2069 مبلغ الاسترداد 14 يوما",
  "ze\u200bro\u200dwi\u2060dth\ufeff \u00ad soft e\u0301 Z\u0351\u036b\u0343",
  "👩‍👩‍👧 😀 {{ constructor.constructor('alert(1)')() }} ${7*7} %s \ud83d",
  "line\r\nline\u2028line\u2029\tend",
];
const FOREIGN = "script, img, a, iframe, style, svg:not(.icon), strong, em, code:not(.own), [onerror], [onload], [href], [src]";

function textOf(element: Element | null): string {
  const copy = element?.cloneNode(true);
  if (!(copy instanceof Element)) return "";
  for (const own of copy.querySelectorAll("sup, .sr, button")) own.remove();
  return copy.textContent ?? "";
}

test.each(HOSTILE)("an output is shown as the text it is: %j", (text) => {
  const middle = Math.floor(text.length / 2);
  const claims = placeClaims(text, [
    { text, verdict: "contradicted", quote: text.slice(0, middle), evidence: text, reason: text },
    { text, verdict: "not_found", start: 3, end: 9_999, reason: text },
    { text, verdict: "supported", start: -4, end: 5, evidence: text },
  ]);
  const parts = wordDiff(`before ${text} after`, text);
  const views = {
    claim: <ClaimText text={text} claims={claims} parts={parts} side="after" />,
    long: <LongText text={text} />,
    json: <JsonView value={{ [text]: text }} label="JSON" />,
    list: <ClaimList claims={claims} all placeOf={() => text} />,
    unified: <UnifiedDiff parts={parts} />,
    split: <WordDiff view="split" before={{ text: `a ${text}`, label: "A" }} after={{ text, label: "B", claims }} />,
    table: <DiffTable view="split" caption="Template" oldHead="v1" newHead="v2" format="jinja2" hunks={[{ op: "equal", old_start: 1, new_start: 1, lines: [{ op: "replace", words: [{ op: "equal", text }, { op: "delete", text }, { op: "insert", text }] }] }]} />,
    prompt: <PromptText label="Template" parts={[{ text, base: "", role: text }]} known={[]} />,
  };
  const shown = new Map<string, string[]>();
  for (const [name, view] of Object.entries(views)) {
    const { container, unmount } = render(view);
    expect(container.querySelectorAll(FOREIGN)).toHaveLength(0);
    expect(container.querySelector('[dir="auto"], [dir="ltr"], bdi')).not.toBeNull();
    shown.set(name, Array.from(container.querySelectorAll(".verbatim"), textOf));
    unmount();
  }
  expect(shown.get("claim")).toEqual([text]);
  expect(shown.get("long")).toEqual([text]);
  expect(shown.get("split")).toEqual([`a ${text}`, text]);
  expect(JSON.parse(shown.get("json")?.[0] ?? "")).toEqual({ [text]: text });
});

test("of a very long output the beginning is shown, and all of it when asked", async () => {
  const text = "word ".repeat(24_000);
  render(<LongText text={text} />);
  expect(screen.queryByText((content) => content.length > 5_000)).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Show all 120,000 characters" }));
  expect(textOf(document.querySelector(".verbatim"))).toBe(text);
  expect(screen.getByRole("button", { name: "Show less" })).toHaveAttribute("aria-expanded", "true");
});

test("a claim is read with its verdict, and its number leads to the finding", () => {
  const text = "Your refund is issued within 24 hours.";
  const claims = placeClaims(text, [
    { text: "24 hours", verdict: "contradicted", quote: "within 24 hours", evidence: "within 14 days", start: null, end: null },
    { text: "None", verdict: "not_checkworthy", start: 0, end: 4 },
  ]);
  render(
    <>
      <ClaimText text={text} claims={claims} />
      <ClaimList claims={claims} placeOf={() => "Returns §3"} />
    </>,
  );
  expect(document.querySelector(".claim--contradicted")).toHaveTextContent("within 24 hours (contradicted, 1)");
  expect(screen.getByRole("listitem")).toHaveTextContent("1✕ contradictedwithin 14 days Returns §3");
});
