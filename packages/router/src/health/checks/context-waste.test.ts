import { describe, expect, it } from "vitest";
import { foundIn, PLAIN_SETTINGS } from "../testing/traffic-fixtures.ts";
import { contextWaste } from "./context-waste.ts";

describe("the check context_waste", () => {
  it("finds a context of which little is used", () => {
    expect(
      foundIn(contextWaste, {
        machines: [{ models: { "m:latest": { loaded: { contextLength: 131_072 } } } }],
        traffic: { settings: PLAIN_SETTINGS, contexts: [{ model: "m:latest", requests: 10, totalP99: 3000 }] },
      }),
    ).toMatchObject([
      {
        severity: "warning",
        details: {
          wasteful_models: [
            { model: "m:latest", allocated: 131_072, total_p99: 3000, ratio: 43.7, recommended: 8192, requests: 10 },
          ],
        },
      },
    ]);
  });

  it("stays silent for the least context, for one that is used, and for few requests", () => {
    expect(
      foundIn(contextWaste, {
        machines: [{ models: { "m:latest": { loaded: {} } } }],
        traffic: { contexts: [{ model: "m:latest", requests: 99, totalP99: 100 }] },
      }),
    ).toEqual([]);
    expect(
      foundIn(contextWaste, {
        machines: [{ models: { "m:latest": { loaded: { contextLength: 32_768 } } } }],
        traffic: { contexts: [{ model: "m:latest", requests: 99, totalP99: 12_000 }] },
      }),
    ).toEqual([]);
    expect(
      foundIn(contextWaste, {
        machines: [{ models: { "m:latest": { loaded: { contextLength: 131_072 } } } }],
        traffic: { contexts: [{ model: "m:latest", requests: 9, totalP99: 100 }] },
      }),
    ).toEqual([]);
  });
});
