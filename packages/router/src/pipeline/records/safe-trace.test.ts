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

test("about a very large body only the words that servers use are kept", () => {
  const body = `${"x".repeat(400_000)}${secret} is in the middle${"x".repeat(400_000)}`;
  const trace = failedTrace(`HTTP 500: out of memory while reading ${secret} ${"y".repeat(4000)}`, body);
  expect(trace.outcome).toMatchObject({ detail: expect.stringMatching(/^HTTP 500: out … memory while …$/) });
});

test.each([
  ["in capitals", (said: string) => said.toUpperCase()],
  ["word by word", (said: string) => said.split(" ").join(" | ")],
  ["from behind", (said: string) => said.split(" ").toReversed().join(" ")],
  ["cut short", (said: string) => said.slice(0, 11)],
  ["as base64", (said: string) => Buffer.from(said).toString("base64")],
  ["in hexadecimal figures", (said: string) => Buffer.from(said).toString("hex")],
])("a prompt that a node repeats %s is in no record", (_how, written) => {
  const prompt = "zq8Vw3kLmP correct horse battery staple 4711";
  const said = written(prompt);
  const trace = failedTrace(`HTTP 500: {"error":"unable to parse: ${said}"}`, JSON.stringify({ prompt }));
  const told = JSON.stringify(trace).toLowerCase();
  for (const word of ["zq8vw", "correct", "horse", "battery", "staple", "4711", "y29ycmVjd", "636f7272"])
    expect(told).not.toContain(word);
  expect(trace.outcome).toMatchObject({ detail: expect.stringMatching(/^HTTP 500: \{"error":"unable to parse: …/) });
});

test("what servers say of themselves stays as it is, whatever was asked", () => {
  const said = "HTTP 500: llama runner process has terminated: CUDA error: out of memory (exit status 2)";
  expect(failedTrace(said, '{"prompt":"hi"}').outcome).toMatchObject({ detail: said });
  const alike = JSON.stringify({ prompt: "why is the runner out of memory?" });
  expect(failedTrace(said, alike).outcome).toMatchObject({
    detail: expect.stringContaining("runner process has terminated"),
  });
});

test("a prompt that was sent in escapes, as Python sends it, is no more told than another", () => {
  const prompt = "Übergabe 密码是苹果, Grüße";
  const escaped = JSON.stringify({ prompt }).replace(
    /[^\0-\x7f]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  expect(JSON.parse(escaped)).toEqual({ prompt });
  const trace = failedTrace('HTTP 400: invalid value "Übergabe" near 密码是苹果, Grüße', escaped);
  const told = JSON.stringify(trace);
  for (const word of ["bergabe", "密码", "苹果", "Grüße"]) expect(told).not.toContain(word);
});
