import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { missingPrograms } from "./processes/programs.ts";
import type { PartResult } from "./report/findings.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const run = promisify(execFile);

/** Runs the bench from its sources, and what it starts from theirs. */
const bench = (...args: readonly string[]) => run(process.execPath, ["--conditions=herd-source", main, ...args]);

const lacking = process.platform === "linux" ? missingPrograms(["nginx", "wrk"]) : ["Linux's /proc"];

/** Runs parts in their short form and reads what they report. */
async function shortForm(...parts: readonly string[]): Promise<readonly PartResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "herd-bench-"));
  try {
    const file = join(folder, "results.json");
    const { stdout } = await bench(...parts, "--short", "--json", file);
    // The report: figures of a busy machine, so nothing is asserted about speed.
    console.log(stdout);
    return JSON.parse(readFileSync(file, "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every number in the tables of a result. */
const numbersIn = ({ tables }: PartResult): readonly unknown[] =>
  tables.flatMap(({ rows }) => rows.flat()).filter((cell) => typeof cell !== "string");

// Two chains side by side: neither asserts anything about speed.
describe.concurrent("the short form", () => {
  test
    .skipIf(lacking.length > 0)
    .each([
      [["gateway", "streams", "relay", "chunks", "translation", "memory"]],
      [["uploads", "decision", "traces", "records", "endpoints", "heartbeats", "start-up", "soak"]],
    ])(
    "of %s serves every request and reports its figures",
    async (parts) => {
      const results = await shortForm(...parts);
      const named = results.map(({ part, isShort, failures }) => ({ part, isShort, failures }));
      expect(named).toEqual(parts.map((part) => ({ part, isShort: true, failures: 0 })));
      for (const result of results) {
        for (const { head, rows } of result.tables) {
          for (const row of rows) expect(row).toHaveLength(head.length);
        }
        expect(numbersIn(result).length).toBeGreaterThan(0);
        // Not a number is written as null.
        expect(numbersIn(result)).not.toContain(null);
      }
    },
    90_000,
  );
});

test("a part that does not exist is answered with a sentence and exit code 2", async () => {
  const failed = await bench("gatway").catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no part "gatway"') });
});
