import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { traceStoreWriteFailures } from "./trace-store-write-failures.ts";

const note = (id: string) => ({ id, text: "records cannot be written: disk full", fix: "Make space" });

describe("the check trace_store_write_failures", () => {
  it("finds what is odd about the records, the worse while it lasts", () => {
    expect(
      foundBy(traceStoreWriteFailures, { router: { records: [note("records_not_written"), note("records_lost")] } }),
    ).toMatchObject([
      { severity: "critical", subject: "records_not_written", fix: "Make space" },
      { severity: "warning", subject: "records_lost", description: "Records cannot be written: disk full." },
    ]);
  });

  it("stays silent when all is written", () => {
    expect(foundBy(traceStoreWriteFailures, { router: { records: [] } })).toEqual([]);
  });
});
