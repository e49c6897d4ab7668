import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type SimulatedOllama, startSimulatedOllama } from "../start-simulated-ollama.ts";
import { get, post, recordsOf, textOf } from "../testing/post.ts";
import type { RawResponse } from "../testing/raw-client.ts";
import { until } from "../testing/until.ts";
import { type Fault, faultTexts } from "./fault.ts";
import { readFault } from "./read-fault.ts";

let server: SimulatedOllama;
beforeEach(async () => {
  server = await startSimulatedOllama();
});
afterEach(() => server.close());

const messages = [{ role: "user", content: "hi" }];
const native = (more: object = {}, signal?: AbortSignal) =>
  post(server.port, "/api/chat", {
    body: { model: "smollm2:135m", messages, options: { num_predict: 9 }, ...more },
    ...(signal === undefined ? {} : { signal }),
  });
const openai = (more: object = {}) =>
  post(server.port, "/v1/chat/completions", {
    body: { model: "smollm2:135m", messages, stream: true, max_tokens: 9, ...more },
  });
const errorOf = (text: string) => `{"error":${JSON.stringify(text)}}`;
const openaiErrorOf = (text: string) =>
  `{"error":{"message":${JSON.stringify(text)},"type":"api_error","param":null,"code":null}}\n`;

/** Answers without a fault, to compare with. */
async function healthy(call: () => Promise<RawResponse>): Promise<string> {
  return withoutTimes(textOf(await call()));
}

const withoutTimes = (text: string) => text.replaceAll(/"(created_at|id|\w+_duration|created)":("[^"]*"|\d+),?/g, "");

describe("a fault", () => {
  test("ends when it has met as many requests as it says", async () => {
    server.setFault({ kind: "busy-503", times: 2 });
    const statuses = [await native(), await native(), await native()].map((answer) => answer.status);
    expect(statuses).toEqual([503, 503, 200]);
  });

  test("meets only the model that it names, however it is spelt", async () => {
    server.setFault({ kind: "busy-503", model: "library/GEMMA3:270m" });
    expect(await native({ model: "gemma3:270m" })).toMatchObject({ status: 503 });
    expect(await native()).toMatchObject({ status: 200 });
  });

  test("is gone when it is switched off", async () => {
    server.setFault({ kind: "busy-503" });
    server.setFault(undefined);
    expect(await native()).toMatchObject({ status: 200 });
  });

  test("leaves the routes of management alone", async () => {
    for (const kind of ["hang", "http-500", "busy-503"] as const) {
      server.setFault({ kind });
      for (const path of ["/", "/api/version", "/api/tags", "/api/ps"]) {
        expect(await get(server.port, path)).toMatchObject({ status: 200 });
      }
    }
  });
});

describe("before the first record", () => {
  test("refuse closes the port, cuts what is open, and opens it again", async () => {
    server.setFault({ kind: "hang" });
    const open = native();
    await until(() => server.inFlight() === 1);
    server.setFault({ kind: "refuse" });
    expect(await open).toMatchObject({ status: undefined, endedBy: "rst" });
    expect(await get(server.port, "/")).toMatchObject({ endedBy: "rst" });
    server.setFault(undefined);
    await server.waitForIdle();
    expect(await get(server.port, "/")).toMatchObject({ status: 200 });
    expect(server.received[0]?.closedByClientAt).toBeUndefined();
  });

  test("refuse for one model resets only its requests", async () => {
    server.setFault({ kind: "refuse", model: "smollm2:135m" });
    expect(await native()).toMatchObject({ status: undefined, endedBy: "rst" });
    expect(await native({ model: "gemma3:270m" })).toMatchObject({ status: 200 });
  });

  test("hang sends nothing until the client leaves", async () => {
    server.setFault({ kind: "hang", times: 1 });
    const leaver = new AbortController();
    const hung = native({}, leaver.signal);
    await until(() => server.inFlight() === 1);
    expect(await native()).toMatchObject({ status: 200 });
    expect(server.inFlight()).toBe(1);
    leaver.abort();
    expect(await hung).toMatchObject({ status: undefined });
    await server.waitForIdle();
  });

  test("slow-first-byte answers as usual afterwards", async () => {
    const usual = await healthy(native);
    server.setFault({ kind: "slow-first-byte", milliseconds: 30 });
    const before = performance.now();
    expect(withoutTimes(textOf(await native()))).toBe(usual);
    expect(performance.now() - before).toBeGreaterThanOrEqual(29);
  });

  test.each<[string, () => Promise<RawResponse>, string]>([
    ["a native stream", () => native(), errorOf(faultTexts.runnerStopped)],
    ["a native answer", () => native({ stream: false }), errorOf(faultTexts.runnerStopped)],
    ["an OpenAI stream", () => openai(), openaiErrorOf(faultTexts.runnerStopped)],
  ])("http-500 is the death of the runner for %s", async (_, call, body) => {
    server.setFault({ kind: "http-500" });
    const answer = await call();
    expect(answer.status).toBe(500);
    expect(textOf(answer)).toBe(body);
  });

  test("http-500 meets a load, and what breaks between records does not", async () => {
    const load = () => post(server.port, "/api/generate", { body: { model: "smollm2:135m" } });
    server.setFault({ kind: "http-500", times: 1 });
    expect(textOf(await load())).toBe(errorOf(faultTexts.runnerStopped));
    server.setFault({ kind: "cut-mid-stream", afterRecords: 0, times: 1 });
    expect(recordsOf(await load())).toMatchObject([{ done_reason: "load" }]);
    expect(await native()).toMatchObject({ endedBy: "fin", status: undefined });
  });

  test("busy-503 has the wording of each dialect", async () => {
    server.setFault({ kind: "busy-503" });
    expect(textOf(await native())).toBe(errorOf(faultTexts.queueFull));
    expect(textOf(await openai())).toBe(openaiErrorOf(faultTexts.queueFull));
  });

  test.each(["runner-died", "out-of-memory", "cuda-out-of-memory", "timed-out"] as const)(
    "load-failure %s fails a load, and a loaded model does not notice",
    async (failure) => {
      await native({ model: "gemma3:270m" });
      server.setFault({ kind: "load-failure", failure });
      const answer = await native();
      expect(answer.status).toBe(500);
      expect(textOf(answer)).toBe(errorOf(faultTexts.load[failure]));
      expect(server.loadedModels()).toEqual(["gemma3:270m"]);
      expect(await native({ model: "gemma3:270m" })).toMatchObject({ status: 200 });
    },
  );
});

describe("in mid-stream", () => {
  test.each(["fin", "reset"] as const)("cut-mid-stream by %s comes after exactly so many records", async (how) => {
    server.setFault({ kind: "cut-mid-stream", afterRecords: 4, how });
    const answer = await native();
    expect(answer.endedBy).toBe(how === "fin" ? "fin" : "rst");
    if (how === "fin") expect(recordsOf(answer)).toHaveLength(4);
    expect(recordsOf(answer).every((record) => record["done"] === false)).toBe(true);
    expect(server.received[0]?.closedByClientAt).toBeUndefined();
  });

  test("error-record-mid-stream is a last line in the native dialect", async () => {
    server.setFault({ kind: "error-record-mid-stream", afterRecords: 4 });
    const answer = await native();
    expect(answer).toMatchObject({ status: 200, endedBy: "complete" });
    expect(recordsOf(answer)).toHaveLength(5);
    expect(recordsOf(answer).at(-1)).toEqual({ error: faultTexts.runnerEof });
  });

  test("error-record-mid-stream is an empty chunk without [DONE] in the OpenAI dialect", async () => {
    server.setFault({ kind: "error-record-mid-stream", afterRecords: 4 });
    const answer = await openai();
    expect(answer).toMatchObject({ status: 200, endedBy: "complete" });
    expect(answer.chunks).toHaveLength(5);
    expect(String(answer.chunks.at(-1))).toContain('"model":"","system_fingerprint"');
    expect(textOf(answer)).not.toContain("[DONE]");
  });

  test("error-record-mid-stream of an answer in one piece is a 500", async () => {
    server.setFault({ kind: "error-record-mid-stream", afterRecords: 4 });
    const answer = await native({ stream: false });
    expect(answer.status).toBe(500);
    expect(textOf(answer)).toBe(errorOf(faultTexts.runnerEof));
  });

  test("end-without-done ends cleanly without the last record", async () => {
    server.setFault({ kind: "end-without-done" });
    const answer = await native();
    expect(answer.endedBy).toBe("complete");
    expect(recordsOf(answer)).toHaveLength(9);
    server.setFault({ kind: "end-without-done", afterRecords: 2 });
    expect(recordsOf(await native())).toHaveLength(2);
    expect(textOf(await openai())).not.toContain("[DONE]");
  });

  test("hang after records falls silent and keeps the connection open", async () => {
    server.setFault({ kind: "hang", afterRecords: 3, times: 1 });
    const leaver = new AbortController();
    const hung = native({}, leaver.signal);
    await server.waitForRequest(() => true);
    expect(recordsOf(await native({ model: "gemma3:270m" }))).toHaveLength(10);
    expect(server.inFlight()).toBe(1);
    leaver.abort();
    const answer = await hung;
    expect(answer.endedBy).toBe("client");
    expect(answer.chunks).toHaveLength(3);
    await server.waitForIdle();
  });

  test("a fault that waits for more records than there are strikes before the last one", async () => {
    server.setFault({ kind: "error-record-mid-stream", afterRecords: 1000 });
    expect(recordsOf(await native()).at(-1)).toEqual({ error: faultTexts.runnerEof });
  });
});

describe("the framing", () => {
  test("truncate-content-length breaks an answer off and leaves streams alone", async () => {
    server.setFault({ kind: "truncate-content-length", keepBytes: 10, times: 1 });
    expect(await native()).toMatchObject({ endedBy: "complete" });
    const answer = await native({ stream: false });
    expect(answer).toMatchObject({ status: 200, endedBy: "fin" });
    expect(textOf(answer)).toHaveLength(10);
  });

  test("odd-chunks changes the borders and nothing else", async () => {
    for (const call of [native, openai, () => native({ stream: false })]) {
      server.setFault(undefined);
      const usual = await healthy(call);
      server.setFault({ kind: "odd-chunks", sizes: [1, 2, 3, 5] });
      const answer = await call();
      expect(withoutTimes(textOf(answer))).toBe(usual);
      if (answer.isChunked) expect(Math.max(...answer.chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(5);
    }
  });
});

describe("a fault as JSON", () => {
  test.each<[string, Fault | undefined]>([
    ["null", undefined],
    ['{"kind":"hang","model":"a","times":2}', { kind: "hang", model: "a", times: 2 }],
    ['{"kind":"cut-mid-stream","afterRecords":3}', { kind: "cut-mid-stream", afterRecords: 3 }],
  ])("%s is read", (json, fault) => {
    expect(readFault(json)).toEqual({ ok: true, fault });
  });

  test.each(["", "5", "{}", '{"kind":"boom"}', '{"kind":"cut-mid-stream"}'])("%s is refused", (json) => {
    expect(readFault(json)).toMatchObject({ ok: false });
  });
});
