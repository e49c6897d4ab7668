import { type AllowedSkip, isAllowedSkip } from "./allowed-skips.ts";

/** How one test ended, or one file that could not be collected, or one error that belongs to no test. */
export interface Ending {
  /** `path > suite > … > title` */
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped";
}

export interface RunSummary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Names of the skipped tests that count as failed. */
  readonly forbiddenSkips: readonly string[];
}

/** Counts the endings. `allowed` is the list that a skip must be on, or undefined where any test may be skipped. */
export function summariseRun(endings: readonly Ending[], allowed: readonly AllowedSkip[] | undefined): RunSummary {
  const count = (state: Ending["state"]): number => endings.filter((ending) => ending.state === state).length;
  const skipped = endings.filter((ending) => ending.state === "skipped").map((ending) => ending.name);
  const forbiddenSkips = allowed === undefined ? [] : skipped.filter((name) => !isAllowedSkip(name, allowed));
  return {
    passed: count("passed"),
    failed: count("failed") + forbiddenSkips.length,
    skipped: skipped.length - forbiddenSkips.length,
    forbiddenSkips,
  };
}
