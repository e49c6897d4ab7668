import { describe, expect, it } from "vitest";
import { foundIn, PLAIN_SETTINGS, useOf } from "../testing/traffic-fixtures.ts";
import { numCtxOverrideInert } from "./num-ctx-override-inert.ts";

describe("the check num_ctx_override_inert", () => {
  it("finds a context that was set and has no effect", () => {
    expect(
      foundIn(numCtxOverrideInert, {
        traffic: { settings: { ...PLAIN_SETTINGS, numCtxOverrides: { m: 8192 } }, uses: [useOf({ requests: 1 })] },
      }),
    ).toMatchObject([{ severity: "warning", details: { models: ["m"], asked_24h: ["m"] } }]);
  });

  it("takes one that nobody asked for for information", () => {
    expect(
      foundIn(numCtxOverrideInert, { traffic: { settings: { ...PLAIN_SETTINGS, numCtxOverrides: { m: 8192 } } } }),
    ).toMatchObject([{ severity: "info" }]);
  });

  it("stays silent when it is in force, and when none is set", () => {
    expect(
      foundIn(numCtxOverrideInert, {
        traffic: { settings: { ...PLAIN_SETTINGS, numCtxOverrides: { m: 8192 }, dynamicNumCtx: true } },
      }),
    ).toEqual([]);
    expect(foundIn(numCtxOverrideInert, { traffic: { settings: PLAIN_SETTINGS } })).toEqual([]);
  });
});
