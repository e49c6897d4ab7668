import { expect, test } from "vitest";
import type { Outcome } from "../domain/outcome.ts";
import { errorColumns } from "./error-columns.ts";

const failed = { kind: "failed", source: "node", isPartial: false, failureClass: undefined, detail: "" } as const;

const cases: readonly (readonly [title: string, outcome: Outcome, expected: readonly (string | null)[]])[] = [
  ["a completed request has no error", { kind: "completed", hasOutput: true }, [null, null, null]],
  [
    "a client that left is told by its code",
    { kind: "cancelled", by: "client" },
    ["HERD_CLIENT_GONE", "cancelled", "The client left"],
  ],
  [
    "a failure keeps its class and its own words",
    { ...failed, code: "HERD_NODE_FAILED", failureClass: "load-failure", detail: "out of memory" },
    ["HERD_NODE_FAILED", "load-failure", "out of memory"],
  ],
  [
    "a failure without a class is its source's",
    { ...failed, source: "router", code: "HERD_INTERNAL" },
    ["HERD_INTERNAL", "router-fault", "An error inside the router"],
  ],
  [
    "an evicted request says so",
    { kind: "evicted", code: "HERD_NO_CANDIDATE", detail: "no node" },
    ["HERD_NO_CANDIDATE", "evicted", "no node"],
  ],
  [
    "a refused request says so",
    { kind: "rejected", code: "HERD_QUEUE_FULL", detail: "full" },
    ["HERD_QUEUE_FULL", "rejected", "full"],
  ],
  [
    "a deadline has its own class while waiting",
    { kind: "evicted", code: "HERD_WAIT_DEADLINE", detail: "late" },
    ["HERD_WAIT_DEADLINE", "deadline", "late"],
  ],
  [
    "and after a failed attempt",
    { ...failed, code: "HERD_WAIT_DEADLINE", failureClass: "unreachable", detail: "late" },
    ["HERD_WAIT_DEADLINE", "deadline", "late"],
  ],
  [
    "a stopping router has its own class",
    { kind: "rejected", code: "HERD_SHUTTING_DOWN", detail: "stop" },
    ["HERD_SHUTTING_DOWN", "shutdown", "stop"],
  ],
];

test.each(cases)("%s", (_title, outcome, expected) => {
  const { error_code, error_class, error_message } = errorColumns(outcome);
  expect([error_code, error_class, error_message]).toEqual(expected);
});
