import fc from "fast-check";
import { expect, test } from "vitest";
import { configFile, hostOf, stepsFor } from "./ci-files";

test("every prompt has its file, by the name it has here", () => {
  expect(configFile(["support/answer", "mail tone"])).toBe('prompts:\n  support/answer: prompts/support-answer.md\n  "mail tone": prompts/mail-tone.md\n');
});

test("each host's steps know the platform's address, and an unknown host is GitHub", () => {
  for (const host of ["github", "gitlab", "shell"] as const) expect(stepsFor(host, "https://llmops.example.org")[0]?.code).toContain("https://llmops.example.org");
  fc.assert(fc.property(fc.string(), (word) => ["github", "gitlab", "shell"].includes(hostOf(word))));
});
