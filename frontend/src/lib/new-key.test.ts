import { expect, test, vi } from "vitest";
import { newKey } from "./new-key";

test("a key is random hex of one length, also where randomUUID is missing", () => {
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  const keys = Array.from({ length: 50 }, newKey);
  vi.unstubAllGlobals();

  expect(keys.filter((key) => /^[0-9a-f]{32}$/.test(key))).toHaveLength(50);
  expect(new Set(keys).size).toBe(50);
});
