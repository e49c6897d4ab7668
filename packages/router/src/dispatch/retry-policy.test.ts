import { describe, expect, test } from "vitest";
import type { FailureClass } from "../domain/outcome.ts";
import type { FailedAttempt } from "./attempt-result.ts";
import { nextStep } from "./retry-policy.ts";

const ANSWER = { status: 500, headers: [], body: new Uint8Array() };

const failedBy = (failureClass: FailureClass, wishes: Partial<FailedAttempt> = {}): FailedAttempt => ({
  kind: "failed",
  failureClass,
  detail: "",
  status: undefined,
  answer: undefined,
  isRefused: false,
  ...wishes,
});

const fresh = { countedFailures: 0, maxRetries: 2, takeRetry: () => true };

describe("after an attempt that failed before its first byte", () => {
  test.each([
    ["unreachable", { kind: "elsewhere", isCounted: false, mayReturn: true }],
    ["stale-inventory", { kind: "elsewhere", isCounted: false, mayReturn: false }],
    ["node-fault", { kind: "elsewhere", isCounted: true, mayReturn: false }],
    ["load-failure", { kind: "elsewhere", isCounted: true, mayReturn: false }],
    ["busy", { kind: "elsewhere", isCounted: true, mayReturn: false }],
    ["stall", { kind: "elsewhere", isCounted: true, mayReturn: false }],
    ["incomplete", { kind: "elsewhere", isCounted: true, mayReturn: false }],
    ["callers-fault", { kind: "pass-on" }],
  ] as const)("as %s comes %o", (failureClass, step) => {
    expect(nextStep(failedBy(failureClass), fresh)).toEqual(step);
  });

  test.each(["node-fault", "load-failure", "busy", "stall", "incomplete"] as const)(
    "as %s for the third time, or without budget, the node's answer is passed on, or ours given",
    (failureClass) => {
      for (const state of [
        { ...fresh, countedFailures: 2 },
        { ...fresh, takeRetry: () => false },
      ]) {
        expect(nextStep(failedBy(failureClass, { answer: ANSWER }), state)).toEqual({ kind: "pass-on" });
        expect(nextStep(failedBy(failureClass), state)).toEqual({ kind: "give-up" });
      }
    },
  );

  test("an unreachable node never ends the search, however often it was in vain", () => {
    const tired = { countedFailures: 99, maxRetries: 2, takeRetry: () => false };
    expect(nextStep(failedBy("unreachable"), tired).kind).toBe("elsewhere");
    expect(nextStep(failedBy("stale-inventory"), tired).kind).toBe("elsewhere");
  });

  test("the budget pays only for retries that are made", () => {
    const takenFor = (failureClass: FailureClass, countedFailures: number): number => {
      let taken = 0;
      const takeRetry = (): boolean => {
        taken += 1;
        return true;
      };
      nextStep(failedBy(failureClass), { countedFailures, maxRetries: 2, takeRetry });
      return taken;
    };
    expect(takenFor("node-fault", 0)).toBe(1);
    expect(takenFor("node-fault", 2)).toBe(0);
    expect(takenFor("callers-fault", 0)).toBe(0);
    expect(takenFor("unreachable", 0)).toBe(0);
    expect(takenFor("stale-inventory", 0)).toBe(0);
  });
});
