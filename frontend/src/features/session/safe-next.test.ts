import fc from "fast-check";
import { expect, test } from "vitest";
import { safeNext } from "./safe-next";

const ORIGIN = "http://llmops.example";

test("a path of this site is kept with its question and its fragment", () => {
  expect(safeNext("/experiments?q=a&status=done#top", ORIGIN)).toBe("/experiments?q=a&status=done#top");
});

test.each([undefined, "", "https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "/.//evil.example", "javascript:alert(1)", "/sign-in?next=/sign-in"])(
  "%j leads to the start page",
  (next) => {
    expect(safeNext(next, ORIGIN)).toBe("/");
  },
);

test("whatever is asked for, one stays on this site", () => {
  const tricky = fc.array(fc.constantFrom("/", "\\", ".", "..", "\t", "\n", "@", ":", "http:", "evil.example", "?", "#", "%2f", "a")).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webUrl(), tricky), (next) => {
      const found = safeNext(next, ORIGIN);
      expect(found).toMatch(/^\/(?!\/)/);
      expect(new URL(found, ORIGIN).origin).toBe(ORIGIN);
    }),
  );
});
