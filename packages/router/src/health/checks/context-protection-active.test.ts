import { describe, expect, it } from "vitest";
import { foundIn, rowOf, rowsOf } from "../testing/traffic-fixtures.ts";
import { contextProtectionActive } from "./context-protection-active.ts";

describe("the check context_protection_active", () => {
  it("tells what was kept from reloading", () => {
    expect(
      foundIn(contextProtectionActive, {
        traffic: {
          newest: [rowOf({ edits: ["num_ctx removed"] }), rowOf({ requestId: "r-2", edits: ["num_ctx=4096"] })],
        },
      }),
    ).toMatchObject([{ severity: "info", details: { stripped: 1, replaced: 1, total: 2 } }]);
  });

  it("stays silent for other changes", () => {
    const found = (edit: string) =>
      foundIn(contextProtectionActive, { traffic: { newest: rowsOf(3, { edits: [edit] }) } });
    expect(found("model=m:latest")).toEqual([]);
    // The client named none: Ollama up to 0.24 would load the model anew.
    expect(found("num_ctx added=4096")).toEqual([]);
  });
});
