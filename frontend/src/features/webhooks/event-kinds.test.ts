import { expect, test } from "vitest";
import { KINDS, kindsOf, nameOf, placeOf } from "./event-kinds";

test("a webhook is called by what its maker wrote, else by where it leads", () => {
  const url = "https://hooks.example.org/llmops?team=7";

  expect(nameOf({ url, description: "the team" })).toBe("the team");
  expect(nameOf({ url, description: "" })).toBe("hooks.example.org/llmops");
  expect(placeOf("http://127.0.0.1:9999/")).toBe("127.0.0.1:9999");
});

test("nobody can ask for tests: they go where somebody sends one", () => {
  expect(KINDS).toHaveLength(10);
  expect(kindsOf(["webhook.test", "budget.alert", "everything"])).toEqual(["budget.alert"]);
});
