import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Severity } from "../check.ts";
import type { CheckedFinding } from "../run-checks.ts";
import { nextStandings, type StandingBounds, type StandingChange, type Standings } from "./standing.ts";

const bounds: StandingBounds = { settleMs: (severity) => (severity === "critical" ? 10 : 30), endMs: 60 };
const finding = (severity: Severity = "warning", more: Partial<CheckedFinding> = {}): CheckedFinding => ({
  key: "a|n|",
  checkId: "a",
  severity,
  nodeId: "n",
  subject: "",
  title: "t",
  description: "d",
  why: "w",
  fix: "f",
  details: {},
  ...more,
});

/** What a row of looks changes: each look an instant with what was found then. */
function changesOver(looks: readonly (readonly [now: number, found: readonly CheckedFinding[]])[]) {
  let standings: Standings = new Map();
  const told: string[] = [];
  const all: StandingChange[] = [];
  for (const [now, findings] of looks) {
    const step = nextStandings(standings, { findings, now, bounds });
    standings = step.standings;
    all.push(...step.changes);
    told.push(...step.changes.map(({ kind }) => `${now} ${kind}`));
  }
  return { told, all, standings };
}

describe("what stands from look to look", () => {
  it("is told once it has stood for its time, what is critical sooner, and ends once it has been gone for long enough", () => {
    const on = [finding()];
    expect(
      changesOver([
        [0, on],
        [20, on],
        [30, on],
        [40, []],
        [90, []],
        [100, []],
      ]).told,
    ).toEqual(["30 began", "100 ended"]);
    const critical = [finding("critical")];
    expect(
      changesOver([
        [0, critical],
        [10, critical],
      ]).told,
    ).toEqual(["10 began"]);
  });

  it("says when it began and ended, not when that was noticed", () => {
    const { all } = changesOver([
      [5, [finding()]],
      [40, [finding()]],
      [50, []],
      [120, []],
    ]);
    expect(all).toMatchObject([
      { kind: "began", standing: { since: 5 } },
      { kind: "ended", at: 50, standing: { since: 5 } },
    ]);
  });

  it("is one finding while it comes and goes, and is forgotten untold when it goes too soon", () => {
    const on = [finding("critical")];
    const flapping = Array.from(
      { length: 20 },
      (_, index) => [index * 10, index % 2 === 0 || index === 1 ? on : []] as const,
    );
    expect(changesOver(flapping).told).toEqual(["10 began"]);
    expect(
      changesOver([
        [0, on],
        [5, []],
        [20, on],
        [25, []],
      ]).told,
    ).toEqual([]);
  });

  it("tells once that it got worse, however often it changes between the two", () => {
    const looks = [0, 30, 40, 50, 60, 70].map(
      (now, index) => [now, [finding(index > 1 && index % 2 === 0 ? "critical" : "warning")]] as const,
    );
    expect(changesOver(looks).told).toEqual(["30 began", "40 worsened"]);
  });

  it("ends when a check calls it resolved, and begins anew when it comes back", () => {
    const over = [finding("info", { isResolved: true })];
    const looks = [
      [0, [finding()]],
      [30, [finding()]],
      [40, over],
      [50, over],
      [60, [finding()]],
      [90, [finding()]],
    ] as const;
    const { told, all } = changesOver(looks);
    expect(told).toEqual(["30 began", "40 ended", "90 began"]);
    expect(all.at(-1)).toMatchObject({ standing: { since: 60 } });
  });

  it("never tells a beginning twice without an end between, nor an end without a beginning, whatever happens", () => {
    const look = fc.tuple(
      fc.integer({ min: 1, max: 50 }),
      fc.option(fc.constantFrom<Severity>("info", "warning", "critical")),
      fc.boolean(),
    );
    fc.assert(
      fc.property(fc.array(look, { maxLength: 40 }), (looks) => {
        let now = 0;
        const rows = looks.map(([step, severity, isResolved]) => {
          now += step;
          return [now, severity === null ? [] : [finding(severity, { isResolved })]] as const;
        });
        let isOpen = false;
        for (const { kind } of changesOver(rows).all) {
          expect(isOpen).toBe(kind !== "began");
          isOpen = kind !== "ended";
        }
      }),
    );
  });
});
