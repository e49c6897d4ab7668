import { describe, expect, it } from "vitest";
import { foundIn, paceOf, pacesOf, rowsOf } from "../testing/traffic-fixtures.ts";
import { decodeDegraded } from "./decode-degraded.ts";

describe("the check decode_degraded", () => {
  it("finds a node that writes at less than half its usual speed", () => {
    expect(
      foundIn(decodeDegraded, { traffic: { paces: [pacesOf({ decode: paceOf(20, 50) })], newest: rowsOf(2) } }),
    ).toMatchObject([
      {
        severity: "warning",
        nodeId: "node-1",
        subject: "m:latest",
        details: { recent_tok_s: 20, usual_tok_s: 50, share_pct: 40 },
      },
    ]);
  });

  it("takes a third less for information", () => {
    expect(foundIn(decodeDegraded, { traffic: { paces: [pacesOf({ decode: paceOf(32, 50) })] } })).toMatchObject([
      { severity: "info" },
    ]);
  });

  it("stays silent for a fifth less, and where hours differ that much by themselves", () => {
    expect(foundIn(decodeDegraded, { traffic: { paces: [pacesOf({ decode: paceOf(40, 50) })] } })).toEqual([]);
    expect(foundIn(decodeDegraded, { traffic: { paces: [pacesOf({ decode: paceOf(20, 50, { low: 15 }) })] } })).toEqual(
      [],
    );
    expect(
      foundIn(decodeDegraded, { traffic: { paces: [pacesOf({ decode: paceOf(20, 50, { hours: 5 }) })] } }),
    ).toEqual([]);
  });
});
