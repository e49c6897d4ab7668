import { requestId } from "@herd/shared";
import { expect, test } from "vitest";
import { FACTS, makeAttempt, makeJourney } from "../testing/make-journey.ts";
import { traceOf } from "../trace-of.ts";

const secret = "my most secret diary entry of today";

function failedTrace(detail: string, body: string, path = "/api/chat") {
  const failed = {
    kind: "failed",
    failureClass: "node-fault",
    detail,
    status: 500,
    answer: undefined,
    isRefused: false,
  } as const;
  return traceOf(
    {
      requestId: requestId("r-1"),
      dialect: "ollama",
      kind: "chat",
      path,
      client: FACTS.client,
      outcome: {
        kind: "failed",
        source: "node",
        code: "HERD_NODE_FAILED",
        isPartial: false,
        failureClass: "node-fault",
        detail,
      },
      status: 500,
      arrivedAt: 1000,
      endedAt: 1900,
      journey: makeJourney({}, [makeAttempt("a", failed, [1200, 1900])]),
      body: new TextEncoder().encode(body),
    },
    { epochOffset: 0 },
  );
}

test("what a node repeats of a prompt is in no record; what it says itself is", () => {
  const trace = failedTrace(`HTTP 500: cannot render "${secret}": bad template`, JSON.stringify({ prompt: secret }));
  expect(JSON.stringify(trace)).not.toContain("secret diary");
  expect(trace.outcome).toMatchObject({ detail: "HTTP 500: cannot render …: bad template" });
  expect(trace.attempts[0]?.errorMessage).toBe("HTTP 500: cannot render …: bad template");
});

test("the query of a path and keys in messages are in no record", () => {
  const trace = failedTrace("HTTP 401: the key sk-1234567890abcdef is wrong", "{}", "/api/chat?api_key=abcdef");
  expect(JSON.stringify(trace)).not.toMatch(/abcdef/);
  expect(trace.endpoint).toBe("/api/chat");
});

test("about a very large body only a short message is kept, and it is told in good time", () => {
  const body = `${"x".repeat(3_000_000)}${secret}`;
  const trace = failedTrace(`HTTP 500: ${secret} ${"y".repeat(4000)}`, body);
  expect(trace.outcome).toMatchObject({ detail: expect.stringMatching(/^HTTP 500: … y{1,110}$/) });
});
