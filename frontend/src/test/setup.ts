import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll } from "vitest";
import { server } from "./server";

if (import.meta.env.CI) fc.configureGlobal({ seed: 1 }); // as Hypothesis does: what lands is not judged by chance
configure({ asyncUtilTimeout: 5_000 }); // a busy machine loads a lazy page slowly

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => {
  cleanup();
  server.resetHandlers();
  localStorage.clear();
});
afterAll(() => server.close());
