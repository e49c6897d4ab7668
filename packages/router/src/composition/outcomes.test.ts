import { requestId } from "@herd/shared";
import { describe, expect, test } from "vitest";
import { type ErrorCode, errorCatalogue, errorEntry } from "../domain/errors.ts";
import type { FailureClass, Outcome } from "../domain/outcome.ts";
import { traceStatusOf } from "../domain/outcome.ts";
import { NOTHING_TOLD, type ReplyTapReading } from "../domain/reply.ts";
import type { BodyFacts } from "../domain/request.ts";
import { PLAIN_BODY } from "../domain/testing/plain-request.ts";
import { codeOfFailure } from "../pipeline/journey.ts";
import { encodeForPath } from "../protocols/encode-for-path.ts";
import { ollamaVoices } from "../protocols/ollama/voices.ts";
import { openAiVoices } from "../protocols/openai/voices.ts";
import { errorColumns } from "../traces/error-columns.ts";

const FAILURES: readonly FailureClass[] = [
  "unreachable",
  "node-fault",
  "load-failure",
  "busy",
  "stall",
  "stale-inventory",
  "callers-fault",
  "incomplete",
];

const failed = (failureClass: FailureClass, isPartial: boolean): Outcome => ({
  kind: "failed",
  source: failureClass === "callers-fault" ? "client" : "node",
  code: isPartial ? "HERD_STREAM_CUT" : codeOfFailure(failureClass),
  isPartial,
  failureClass,
  detail: "why",
});

/** One of every shape that an outcome can have; adding a kind to the union makes the switch below incomplete. */
const OUTCOMES: readonly Outcome[] = [
  { kind: "completed", hasOutput: true },
  { kind: "completed", hasOutput: false },
  { kind: "cancelled", by: "client" },
  { kind: "rejected", code: "HERD_MODEL_NOT_FOUND", detail: "why" },
  { kind: "rejected", code: "HERD_BAD_REQUEST", detail: "why" },
  { kind: "rejected", code: "HERD_QUEUE_FULL", detail: "why" },
  { kind: "evicted", code: "HERD_WAIT_DEADLINE", detail: "why" },
  { kind: "evicted", code: "HERD_NO_CANDIDATE", detail: "why" },
  { kind: "evicted", code: "HERD_SHUTTING_DOWN", detail: "why" },
  ...FAILURES.flatMap((failureClass) => [failed(failureClass, false), failed(failureClass, true)]),
];

const VOICES = [...Object.values(ollamaVoices), ...Object.values(openAiVoices)];

function codeOf(outcome: Outcome): ErrorCode | undefined {
  switch (outcome.kind) {
    case "completed":
    case "cancelled":
      return undefined;
    case "failed":
    case "rejected":
    case "evicted":
      return outcome.code;
  }
}

const title = (outcome: Outcome): string => JSON.stringify(outcome);

describe("every end of a request", () => {
  test.each(OUTCOMES.map((outcome) => [title(outcome), outcome] as const))(
    "has a stored status: %s",
    (_title, outcome) => {
      const expected = {
        completed: outcome.kind === "completed" && !outcome.hasOutput ? "no_output" : "completed",
        cancelled: "client_disconnected",
        rejected: "failed",
        evicted: "failed",
        failed: outcome.kind === "failed" && outcome.isPartial ? "incomplete" : "failed",
      }[outcome.kind];
      expect(traceStatusOf(outcome)).toBe(expected);
    },
  );

  test("that failed can be told apart by its error class in the row", () => {
    const classes = OUTCOMES.filter((outcome) => codeOf(outcome) !== undefined).map(
      (outcome) => errorColumns(outcome).error_class,
    );
    for (const errorClass of classes) expect(errorClass).toEqual(expect.stringMatching(/^[a-z-]+$/));
    expect(new Set(classes).size).toBeGreaterThanOrEqual(FAILURES.length);
  });

  test("with an error has a catalogue entry with an HTTP status of its own kind", () => {
    for (const code of OUTCOMES.flatMap((outcome) => codeOf(outcome) ?? [])) {
      expect(errorEntry(code).status).toBeGreaterThanOrEqual(400);
    }
  });
});

describe("every error", () => {
  const codes = [...errorCatalogue.keys()];

  test.each(codes)("%s can be told in every dialect", (code) => {
    const { status, message } = errorEntry(code);
    const told = { status, message: message("m"), requestId: requestId("r-1") };
    for (const voice of VOICES) {
      const { contentType, body } = voice.encodeError(told);
      expect(contentType).toMatch(/^application\/json/);
      const error = (JSON.parse(body) as { error: unknown }).error;
      if (voice.dialect === "ollama") expect(error).toBe(told.message);
      else expect(error).toMatchObject({ message: told.message, type: expect.any(String), param: null, code: null });
    }
    const anthropic = JSON.parse(encodeForPath("/v1/messages", { ...told, code }).body) as object;
    expect(anthropic).toMatchObject({
      type: "error",
      error: { type: expect.any(String), message: told.message },
      request_id: "r-1",
    });
    const own = JSON.parse(encodeForPath("/fleet/status", { ...told, code }).body) as object;
    expect(own).toMatchObject({ error: told.message, code });
  });

  test.each(codes)("%s fits into headers as it is", (code) => {
    const { hint } = errorEntry(code);
    expect(`${code} ${hint}`).toMatch(/^[\x20-\x7e]+$/);
  });
});

describe("a failure after the first byte", () => {
  const READING: ReplyTapReading = { ...NOTHING_TOLD, closePartialRecord: "\n" };
  const facts = (isStream: boolean): BodyFacts => ({ ...PLAIN_BODY, isStream });

  test("has a record in every dialect that streams, after what closes a partial record", () => {
    expect(ollamaVoices.chat.failureRecord(facts(true), READING, "why")).toBe('\n{"error":"why"}\n');
    expect(ollamaVoices.generate.failureRecord(facts(true), READING, "why")).toBe('\n{"error":"why"}\n');
    for (const voice of [openAiVoices.chatCompletions, openAiVoices.completions]) {
      expect(voice.failureRecord(facts(true), READING, "why")).toMatch(/^\ndata: \{"error":\{.*"why".*\}\}\n\n$/);
    }
    expect(openAiVoices.responses.failureRecord(facts(true), { ...READING, nextSequence: 7 }, "why")).toMatch(
      /^\nevent: error\ndata: \{.*"message":"why".*"sequence_number":7,"type":"error"\}\n\n$/,
    );
  });

  test("has none where only a cut is honest", () => {
    for (const voice of VOICES) expect(voice.failureRecord(facts(false), READING, "why")).toBeUndefined();
    expect(ollamaVoices.show.failureRecord({ ...facts(false), kind: "show" }, READING, "why")).toBeUndefined();
  });
});
