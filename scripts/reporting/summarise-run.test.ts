import { describe, expect, test } from "vitest";
import { parseAllowedSkips } from "./allowed-skips.ts";
import { summariseRun } from "./summarise-run.ts";

const endings = [
  { name: "a.test.ts > adds", state: "passed" },
  { name: "a.test.ts > subtracts", state: "failed" },
  { name: "b.test.ts > in a namespace > relays", state: "skipped" },
  { name: "c.test.ts > draws", state: "skipped" },
] as const;

describe("the summary of a run", () => {
  test("counts every ending once", () => {
    expect(summariseRun(endings, undefined)).toEqual({ passed: 1, failed: 1, skipped: 2, forbiddenSkips: [] });
  });

  test("turns a skip that is not on the list into a failure", () => {
    const allowed = parseAllowedSkips("# why\n\nb.test.ts > in a namespace — needs root\n");
    expect(summariseRun(endings, allowed)).toEqual({
      passed: 1,
      failed: 2,
      skipped: 1,
      forbiddenSkips: ["c.test.ts > draws"],
    });
  });

  test("does not take the beginning of a longer title for the title on the list", () => {
    const allowed = parseAllowedSkips("c.test.ts > dra — no");
    expect(summariseRun(endings, allowed).forbiddenSkips).toContain("c.test.ts > draws");
  });

  test("refuses a list with an entry that gives no reason", () => {
    expect(() => parseAllowedSkips("c.test.ts > draws")).toThrow("path > title — reason");
  });
});
