import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { NOW } from "../testing/make-facts.ts";
import { heartbeatsRefused } from "./heartbeats-refused.ts";

const refused = (code: string, more: object = {}) => ({
  router: { refusals: [{ nodeId: "b", address: "192.168.1.66", code, count: 3, lastAt: NOW - 5_000, ...more }] },
});

describe("the check heartbeats_refused", () => {
  it.each(["HERD_BAD_SIGNATURE", "HERD_REPLAYED", "HERD_LEGACY_REFUSED"])("finds agents refused with %s", (code) => {
    expect(foundBy(heartbeatsRefused, refused(code))).toMatchObject([
      { severity: "warning", nodeId: "b", subject: `${code} 192.168.1.66`, details: { refused: 3 } },
    ]);
  });

  it("stays silent for one slip, for old ones, and for ids that another check tells", () => {
    expect(foundBy(heartbeatsRefused, refused("HERD_REPLAYED", { count: 2 }))).toEqual([]);
    expect(foundBy(heartbeatsRefused, refused("HERD_REPLAYED", { lastAt: NOW - 600_000 }))).toEqual([]);
    expect(foundBy(heartbeatsRefused, refused("HERD_NODE_KEY_MISMATCH"))).toEqual([]);
  });
});
