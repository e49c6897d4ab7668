import { defineConfig } from "vitest/config";

const conditions = ["herd-source"];

// Tests run from the TypeScript sources: the condition `herd-source` resolves workspace packages to `src/`.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "dashboard/src/**/*.test.{ts,tsx}",
      "e2e/**/*.test.ts",
      "scripts/**/*.test.ts",
      "bench/**/*.test.ts",
    ],
    exclude: ["**/node_modules/**", "**/dist/**"],
    // Whole fleets of processes share two cores: a test that meets a starved machine may try once more.
    retry: 1,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    pool: "forks",
    // Most of what takes long waits: two files at a time also where there are only two cores.
    maxWorkers: 2,
    reporters: ["default", "./scripts/reporting/summary-reporter.ts"],
  },
});
