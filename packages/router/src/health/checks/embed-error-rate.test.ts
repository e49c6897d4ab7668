import { describe, expect, it } from "vitest";
import { foundIn, rowsOf, useOf } from "../testing/traffic-fixtures.ts";
import { embedErrorRate } from "./embed-error-rate.ts";

describe("the check embed_error_rate", () => {
  it("finds embeddings that fail", () => {
    expect(
      foundIn(embedErrorRate, {
        traffic: {
          uses: [useOf({ requests: 20, failed: 3 }, { kind: "embed" })],
          ends: rowsOf(3, { kind: "embed", status: "failed", errorClass: "node-fault" }),
        },
      }),
    ).toMatchObject([
      { severity: "warning", subject: "m:latest", details: { failed: 3, error_rate_pct: 15, total: 20 } },
    ]);
  });

  it("stays silent when the callers asked wrongly, and for chats", () => {
    expect(
      foundIn(embedErrorRate, {
        traffic: {
          uses: [useOf({ requests: 20, failed: 3 }, { kind: "embed" })],
          ends: rowsOf(3, { kind: "embed", status: "failed", errorClass: "callers-fault" }),
        },
      }),
    ).toEqual([]);
    expect(
      foundIn(embedErrorRate, {
        traffic: { uses: [useOf({ requests: 20, failed: 3 })], ends: rowsOf(3, { status: "failed" }) },
      }),
    ).toEqual([]);
  });
});
