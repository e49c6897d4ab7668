import { describe, expect, it } from "vitest";
import { foundIn, rowsOf, useOf } from "../testing/traffic-fixtures.ts";
import { transcriptionActivity } from "./transcription-activity.ts";

describe("the check transcription_activity", () => {
  it("tells how many transcriptions were made, and warns when one failed lately", () => {
    expect(
      foundIn(transcriptionActivity, {
        traffic: {
          uses: [useOf({ requests: 4, failed: 1 }, { kind: "transcribe" })],
          ends: rowsOf(1, { kind: "transcribe", status: "failed" }),
        },
      }),
    ).toMatchObject([{ severity: "warning", traces: ["r-1"], details: { total: 4, failed: 1 } }]);
  });

  it("takes those that went well for information", () => {
    expect(
      foundIn(transcriptionActivity, { traffic: { uses: [useOf({ requests: 4 }, { kind: "transcribe" })] } }),
    ).toMatchObject([{ severity: "info" }]);
  });

  it("stays silent for chats", () => {
    expect(foundIn(transcriptionActivity, { traffic: { uses: [useOf({ requests: 4 })] } })).toEqual([]);
  });
});
