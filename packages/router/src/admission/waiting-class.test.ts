import { expect, test } from "vitest";
import type { Applicant } from "./turn.ts";
import { classKeyOf } from "./waiting-class.ts";

const keyOf = (facts: object): string =>
  classKeyOf({
    facts: { modelKey: "m", loadOptions: "", route: "/api/chat", needed: [], client: { isLoopback: true }, ...facts },
    failedOn: new Map(),
    mayReturn: false,
  } as unknown as Applicant);

test("requests wait together only where scheduling cannot tell them apart", () => {
  expect(keyOf({ requestId: "r-1" })).toBe(keyOf({ requestId: "r-2" }));
  const others = [
    { modelKey: "n" },
    { numCtx: 512 },
    { loadOptions: "num_gpu=1" },
    { route: "/v1/chat/completions" },
    { needed: ["tools"] },
    // Who may be served on one machine only waits for that machine, and holds nobody else up.
    { pinnedNode: "a" },
    { pinnedNode: "b" },
    // Callers on other machines do not see the machines of the demo.
    { client: { isLoopback: false } },
  ];
  expect(new Set([{}, ...others].map(keyOf)).size).toBe(others.length + 1);
});
