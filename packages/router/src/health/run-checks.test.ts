import { describe, expect, it } from "vitest";
import type { Check, Finding } from "./check.ts";
import { runChecks } from "./run-checks.ts";
import { makeFacts } from "./testing/make-facts.ts";
import { mustBeWellFormed } from "./testing/well-formed.ts";

const finding = (more: Partial<Finding> = {}): Finding => ({
  severity: "warning",
  nodeId: "node-1",
  subject: "",
  title: "Something",
  description: "It is so.",
  why: "It hurts.",
  fix: "Do something",
  details: {},
  ...more,
});
const check = (id: string, inspect: Check["inspect"], appliesTo: Check["appliesTo"] = () => true): Check => ({
  id,
  title: id,
  meaning: id,
  appliesTo,
  inspect,
});

describe("a run of all checks", () => {
  it("tells what is most severe first, and keeps the order of the checks within a severity", () => {
    const checks = [
      check("a", () => [finding({ severity: "info" }), finding({ nodeId: "node-2" })]),
      check("b", () => [finding({ severity: "critical" })]),
      check("c", () => [finding()]),
    ];
    expect(runChecks(checks, makeFacts()).findings.map(({ key }) => key)).toEqual([
      "b|node-1|",
      "a|node-2|",
      "c|node-1|",
      "a|node-1|",
    ]);
  });

  it("asks no check that does not apply", () => {
    const asked = check(
      "a",
      () => [finding()],
      () => false,
    );
    expect(runChecks([asked], makeFacts()).findings).toEqual([]);
  });

  it("goes on when a check throws, and tells that as a finding", () => {
    const broken = [
      check("a", () => {
        throw new Error("no such field");
      }),
      check("b", () => [finding()]),
      check(
        "c",
        () => [],
        () => {
          throw new TypeError("odd");
        },
      ),
    ];
    const { findings, failures } = runChecks(broken, makeFacts());
    expect(findings.map(({ key }) => key)).toEqual(["check_failed||a", "b|node-1|", "check_failed||c"]);
    expect(failures.map(({ checkId }) => checkId)).toEqual(["a", "c"]);
    expect(findings[0]).toMatchObject({ severity: "warning", details: { check_id: "a", reason: "no such field" } });
    for (const one of findings) mustBeWellFormed(one);
  });

  it("tells one finding per key: the more severe of two", () => {
    const twice = check("a", () => [finding(), finding({ severity: "critical" }), finding({ severity: "info" })]);
    expect(runChecks([twice], makeFacts()).findings).toMatchObject([{ key: "a|node-1|", severity: "critical" }]);
  });
});
