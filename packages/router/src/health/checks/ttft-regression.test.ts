import { describe, expect, it } from "vitest";
import { foundIn, paceOf, pacesOf, rowsOf } from "../testing/traffic-fixtures.ts";
import { ttftRegression } from "./ttft-regression.ts";

describe("the check ttft_regression", () => {
  it("finds first tokens that come after twice the usual time", () => {
    expect(
      foundIn(ttftRegression, {
        traffic: { paces: [pacesOf({ firstToken: paceOf(4000, 1000) })], newest: rowsOf(2, { ttftMs: 4000 }) },
      }),
    ).toMatchObject([
      {
        severity: "warning",
        nodeId: "node-1",
        subject: "m:latest",
        traces: ["r-1", "r-2"],
        details: { recent_ttft_ms: 4000, usual_ttft_ms: 1000, factor: 4 },
      },
    ]);
  });

  it("stays silent when prompts are longer by as much, and when nobody would notice", () => {
    expect(
      foundIn(ttftRegression, {
        traffic: { paces: [pacesOf({ firstToken: paceOf(4000, 1000), promptTokens: paceOf(4000, 1000) })] },
      }),
    ).toEqual([]);
    expect(foundIn(ttftRegression, { traffic: { paces: [pacesOf({ firstToken: paceOf(300, 100) })] } })).toEqual([]);
  });

  it("stays silent while too little is known", () => {
    expect(
      foundIn(ttftRegression, { traffic: { paces: [pacesOf({ firstToken: paceOf(4000, 1000, { hours: 5 }) })] } }),
    ).toEqual([]);
    expect(
      foundIn(ttftRegression, {
        traffic: { paces: [pacesOf({ firstToken: paceOf(4000, 1000, { recentRequests: 4 }) })] },
      }),
    ).toEqual([]);
    expect(
      foundIn(ttftRegression, { traffic: { paces: [pacesOf({ firstToken: paceOf(4000, 1000, { high: 5000 }) })] } }),
    ).toEqual([]);
  });
});
