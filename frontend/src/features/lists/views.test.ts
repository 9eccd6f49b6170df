import fc from "fast-check";
import { expect, test } from "vitest";
import { MOST_VIEWS, putBack, readViews, withView } from "./views";

const view = (name: string, address = "?q=a") => ({ name, address });

test("whatever is kept, at most thirty views with names of their own come out, and reading them again changes nothing", () => {
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.array(fc.oneof(fc.anything(), fc.record({ name: fc.string(), address: fc.string() })), { maxLength: 60 })), (raw) => {
      const views = readViews(raw);
      expect(views.length).toBeLessThanOrEqual(MOST_VIEWS);
      expect(new Set(views.map(({ name }) => name)).size).toBe(views.length);
      expect(readViews(views)).toEqual(views);
    }),
  );
});

test("saving under a name that is there replaces its filters in place, and a full list takes no other name", () => {
  expect(withView([view("a"), view("b")], view("a", "?q=new"))).toEqual([view("a", "?q=new"), view("b")]);
  const full = Array.from({ length: MOST_VIEWS }, (_, index) => view(`view ${index}`));
  expect(withView(full, view("another"))).toBe(full);
});

test("a deleted view comes back to its place, unless its name is taken again", () => {
  expect(putBack([view("a"), view("c")], view("b"), 1)).toEqual([view("a"), view("b"), view("c")]);
  expect(putBack([view("b", "?q=later")], view("b"), 0)).toEqual([view("b", "?q=later")]);
});
