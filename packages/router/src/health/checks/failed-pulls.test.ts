import { describe, expect, it } from "vitest";
import { NOW } from "../testing/make-facts.ts";
import { foundIn, MINUTE, rowOf, rowsOf } from "../testing/traffic-fixtures.ts";
import { failedPulls } from "./failed-pulls.ts";

const FAILED = { at: NOW - MINUTE, event: "pull_failed", nodeId: "node-1", model: "big:32b", reason: "no space left" };

describe("the check failed_pulls", () => {
  it("finds a pull that failed, and why", () => {
    expect(
      foundIn(failedPulls, {
        traffic: {
          events: [FAILED],
          ends: [
            rowOf({ status: "failed", kind: "pull", model: "big:32b", errorClass: "node-fault", requestId: "p-1" }),
          ],
        },
      }),
    ).toMatchObject([
      {
        severity: "warning",
        nodeId: "node-1",
        subject: "big:32b",
        command: "herd pull big:32b --node node-1",
        traces: ["p-1"],
        details: { reason: "no space left" },
      },
    ]);
  });

  it("takes a name that the library does not have for information, and does not advise to try it again", () => {
    const events = [{ ...FAILED, reason: "pull model manifest: file does not exist" }];
    expect(foundIn(failedPulls, { traffic: { events } })).toMatchObject([{ severity: "info", command: undefined }]);
  });

  it("stays silent where the machine that has the model is off, and where it came later and was taken away", () => {
    const machines = [{ models: { "big:32b": {} }, snapshot: { status: "offline" as const } }];
    expect(foundIn(failedPulls, { machines, traffic: { events: [FAILED] } })).toEqual([]);
    const came = { ...FAILED, event: "pulled", at: NOW };
    expect(foundIn(failedPulls, { traffic: { events: [came, FAILED] } })).toEqual([]);
    expect(foundIn(failedPulls, { traffic: { events: [FAILED, { ...came, at: FAILED.at - 1 }] } })).toHaveLength(1);
  });

  it("stays silent once the model is there, for pulls that went well, and for names that no library has", () => {
    expect(foundIn(failedPulls, { machines: [{ models: { "big:32b": {} } }], traffic: { events: [FAILED] } })).toEqual(
      [],
    );
    expect(foundIn(failedPulls, { traffic: { events: [{ ...FAILED, event: "pulled" }] } })).toEqual([]);
    expect(
      foundIn(failedPulls, {
        traffic: { ends: rowsOf(3, { status: "failed", kind: "pull", model: "nope", errorClass: "callers-fault" }) },
      }),
    ).toEqual([]);
  });
});
