// Writes src/services/schema.d.ts from the committed OpenAPI document; with --check only says whether it is up to date.
// The generator wants TypeScript 5, which the project itself has left behind: so it is fetched for this one step.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TARGET = "src/services/schema.d.ts";
const folder = mkdtempSync(join(tmpdir(), "types-"));
const written = join(folder, "schema.d.ts");
const packages = ["-p", "typescript@5.9.3", "-p", "openapi-typescript@7.13.0"];
const command = ["openapi-typescript", "../docs/reference/openapi.json", "-o", written];
execFileSync("npx", ["--yes", ...packages, ...command], { stdio: ["ignore", "ignore", "inherit"] });

const fresh = readFileSync(written, "utf8");
if (!process.argv.includes("--check")) {
  writeFileSync(TARGET, fresh);
} else if (readFileSync(TARGET, "utf8") !== fresh) {
  console.error(`${TARGET} is not what the OpenAPI document says; run: make docs`);
  process.exit(1);
}
