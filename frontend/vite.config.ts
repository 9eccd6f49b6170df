import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const api = process.env.LLMOPS_API ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    port: 5173,
    host: "127.0.0.1",
    // the browser sends the dev server's Origin; the API compares it with its own host
    proxy: { "^/(api|healthz|readyz|version|docs|openapi.json)": { target: api, changeOrigin: false } },
  },
  build: {
    outDir: "../app/web", // where the server finds it, and the wheel takes it along
    emptyOutDir: true,
    manifest: true,
    target: "es2023",
    assetsInlineLimit: 0, // data: addresses for scripts and fonts are closed by the policy
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // what every page needs, of other makers: one file, and one that rarely changes
            { name: "framework", test: /node_modules\/(react|react-dom|scheduler|@tanstack\/(?!react-virtual|virtual)|clsx|openapi-fetch|openapi-react-query)/, priority: 10 },
            // what many pages share would otherwise be dozens of files of a few hundred bytes, six of which a browser asks for at once
            { name: "shared", test: /\/src\/(?!components\/ui\/menu)|lucide-react/, minShareCount: 4, maxModuleSize: 30_000, includeDependenciesRecursively: false },
          ],
        },
      },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test/setup.ts"],
    restoreMocks: true,
  },
});
