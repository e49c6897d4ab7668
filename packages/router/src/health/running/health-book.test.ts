import { describe, expect, it } from "vitest";
import type { Check, Severity } from "../check.ts";
import { makeFacts, NOW } from "../testing/make-facts.ts";
import { HealthBook } from "./health-book.ts";

const bounds = { settleMs: () => 0, endMs: 60_000 };

/** A check that finds what it is told to on every machine it sees. */
function scriptedCheck() {
  const script: { severity: Severity | undefined } = { severity: "warning" };
  const check: Check = {
    id: "a",
    title: "A",
    meaning: "a",
    appliesTo: () => true,
    inspect: ({ fleet }) => {
      const { severity } = script;
      if (severity === undefined) return [];
      return fleet.nodes.map(({ nodeId }) => ({
        severity,
        nodeId,
        subject: "",
        title: "t",
        description: "d",
        why: "w",
        fix: "f",
        details: {},
      }));
    },
  };
  return { script, check };
}

const at = (ms: number, ids = ["n"]) => ({ ...makeFacts({ nodes: ids.map((id) => ({ id })) }), now: NOW + ms });
const bookOf = (check: Check) => new HealthBook({ checks: [check], bounds, standings: [], marks: new Map() });
const acknowledged = { kind: "acknowledged", until: undefined, markedAt: NOW, note: "known" } as const;

describe("the book of what stands", () => {
  it("shows what is gone as resolved, without cost, until it is over", () => {
    const { script, check } = scriptedCheck();
    const book = bookOf(check);
    book.look(at(0), undefined);
    expect(book.report(false, NOW)).toMatchObject({
      score: 90,
      findings: [{ key: "a|n|", isResolved: false, since: NOW }],
    });
    script.severity = undefined;
    book.look(at(1_000), undefined);
    expect(book.report(false, NOW + 1_000)).toMatchObject({ score: 100, findings: [{ isResolved: true }] });
    expect(book.look(at(61_000), undefined).changes).toMatchObject([{ kind: "ended" }]);
    expect(book.report(false, NOW + 61_000).findings).toEqual([]);
  });

  it("charges nothing for what is acknowledged, until it is over or gets worse", () => {
    const { script, check } = scriptedCheck();
    const book = bookOf(check);
    book.look(at(0), undefined);
    book.mark("a|n|", acknowledged);
    expect(book.report(false, NOW)).toMatchObject({ score: 100, findings: [{ mark: { note: "known" } }] });
    script.severity = "critical";
    expect(book.look(at(1_000), undefined)).toMatchObject({
      changes: [{ kind: "worsened", mark: acknowledged }],
      liftedMarks: ["a|n|"],
    });
    expect(book.report(false, NOW + 1_000)).toMatchObject({ score: 80, findings: [{ mark: undefined }] });
  });

  it("charges again when a snooze is over", () => {
    const { check } = scriptedCheck();
    const book = bookOf(check);
    book.look(at(0), undefined);
    book.mark("a|n|", { kind: "snoozed", until: NOW + 5_000, markedAt: NOW, note: undefined });
    expect(book.report(false, NOW + 4_999).score).toBe(100);
    expect(book.report(false, NOW + 5_000).score).toBe(90);
    expect(book.unmark("a|n|")).toBe(true);
    expect(book.unmark("a|n|")).toBe(false);
  });

  it("tells what was put off when its time has come and it still stands, once", () => {
    const { check } = scriptedCheck();
    const book = bookOf(check);
    book.look(at(0), undefined);
    book.mark("a|n|", { kind: "snoozed", until: NOW + 5_000, markedAt: NOW, note: undefined });
    expect(book.look(at(4_999), undefined)).toMatchObject({ changes: [], liftedMarks: [] });
    expect(book.look(at(5_000), undefined)).toMatchObject({
      changes: [{ kind: "began", mark: undefined, standing: { since: NOW } }],
      liftedMarks: ["a|n|"],
    });
    expect(book.look(at(6_000), undefined)).toMatchObject({ changes: [], liftedMarks: [] });
  });

  it("keeps a snooze while the finding comes and goes, and lifts it when the finding gets worse", () => {
    const { check, script } = scriptedCheck();
    const book = bookOf(check);
    book.look(at(0), undefined);
    const snoozed = { kind: "snoozed", until: NOW + 60_000, markedAt: NOW, note: undefined } as const;
    book.mark("a|n|", snoozed);
    book.look(at(1_000, []), undefined);
    expect(book.look(at(2_000, []), undefined).liftedMarks).toEqual([]);
    expect(book.look(at(3_000), undefined)).toMatchObject({ liftedMarks: [] });
    script.severity = "critical";
    expect(book.look(at(4_000), undefined)).toMatchObject({
      changes: [{ kind: "worsened", mark: snoozed }],
      liftedMarks: ["a|n|"],
    });
    expect(book.report(false, NOW + 4_000).score).toBe(80);
  });

  it("shows machines of the demo only to those who see them, and tells nobody of them", () => {
    const { check } = scriptedCheck();
    const book = bookOf(check);
    const result = book.look(at(0, []), at(0, ["demo-a"]));
    expect(result.changes).toEqual([]);
    expect(book.report(true, NOW).findings).toMatchObject([{ key: "a|demo-a|" }]);
    expect(book.report(false, NOW).findings).toEqual([]);
    expect(book.stands("a|demo-a|", false)).toBe(false);
    book.look(at(1_000, ["n"]), undefined);
    expect(book.report(true, NOW + 1_000).findings).toMatchObject([{ key: "a|n|" }]);
  });

  it("takes up what stood when the router ended, and does not tell it again", () => {
    const { check } = scriptedCheck();
    const first = bookOf(check);
    first.look(at(0), undefined);
    const [finding] = first.report(false, NOW).findings;
    if (finding === undefined) throw new Error("nothing stands");
    const standing = { finding, since: NOW - 9_000, goneSince: undefined, isTold: true, worst: "warning" } as const;
    const next = new HealthBook({
      checks: [check],
      bounds,
      standings: [standing],
      marks: new Map([["a|n|", acknowledged]]),
    });
    expect(next.look(at(0), undefined).changes).toEqual([]);
    expect(next.report(false, NOW)).toMatchObject({ score: 100, findings: [{ since: NOW - 9_000 }] });
  });
});
