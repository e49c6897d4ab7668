/** Faults of every kind on the routes beside chat and generate, each in that route's own form. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Fault, faultTexts } from "../faults/fault.ts";
import { type SimulatedOllama, startSimulatedOllama } from "../start-simulated-ollama.ts";
import { post, textOf } from "../testing/post.ts";
import { until } from "../testing/until.ts";

let server: SimulatedOllama;
beforeEach(async () => {
  server = await startSimulatedOllama();
});
afterEach(() => server.close());

const model = "smollm2:135m";
const messages = [{ role: "user", content: "hi" }];
const streams = {
  "/v1/completions": { model, prompt: "hi", stream: true, max_tokens: 9 },
  "/v1/responses": { model, input: "hi", stream: true, max_output_tokens: 9 },
  "/v1/messages": { model, messages, stream: true, max_tokens: 9 },
} as const;
const singles = {
  "/v1/completions": { model, prompt: "hi", max_tokens: 9 },
  "/v1/responses": { model, input: "hi", max_output_tokens: 9 },
  "/v1/messages": { model, messages, max_tokens: 9 },
  "/api/embed": { model, input: "hi", dimensions: 4 },
  "/api/embeddings": { model, prompt: "hi" },
  "/v1/embeddings": { model, input: "hi", dimensions: 4 },
} as const;

function ask(path: string, body: object, fault: Fault) {
  server.setFault(fault);
  return post(server.port, path, { body });
}

describe.each(Object.entries(streams))("a stream of %s", (path, body) => {
  test("whose runner dies ends cleanly, without its last event", async () => {
    const answer = await ask(path, body, { kind: "error-record-mid-stream", afterRecords: 3 });
    expect(answer).toMatchObject({ status: 200, endedBy: "complete" });
    expect(textOf(answer)).not.toMatch(/\[DONE\]|message_stop|response\.completed|unexpected EOF/);
  });

  test("whose connection is cut has the records before, and no end", async () => {
    const answer = await ask(path, body, { kind: "cut-mid-stream", afterRecords: 3, how: "fin" });
    expect(answer).toMatchObject({ status: 200, endedBy: "fin" });
    expect(answer.chunks.length).toBeGreaterThanOrEqual(3);
  });

  test("that never ends is silent after its records", async () => {
    server.setFault({ kind: "hang", afterRecords: 2 });
    const leaver = new AbortController();
    const hung = post(server.port, path, { body, signal: leaver.signal });
    await until(() => server.inFlight() === 1);
    server.setFault(undefined);
    expect(await post(server.port, "/api/generate", { body: { model: "gemma3:270m" } })).toMatchObject({ status: 200 });
    leaver.abort();
    expect((await hung).chunks.length).toBeLessThan(9);
  });

  test("that a runner found dead gets no head of a stream but the error", async () => {
    const answer = await ask(path, body, { kind: "http-500" });
    expect(answer).toMatchObject({ status: 500 });
    expect(answer.headers).toContainEqual(["Content-Type", "application/json"]);
    expect(textOf(answer)).toContain(faultTexts.runnerStopped);
  });

  test("keeps its bytes when its chunks are odd", async () => {
    const normal = await post(server.port, path, { body });
    const odd = await ask(path, body, { kind: "odd-chunks" });
    const events = (text: string) => text.match(/^(event|data)\b/gm);
    expect(events(textOf(odd))).toEqual(events(textOf(normal)));
    expect(odd.chunks.length).toBeGreaterThan(normal.chunks.length);
  });
});

describe.each(Object.entries(singles))("a single answer of %s", (path, body) => {
  test.each([
    [{ kind: "busy-503" }, 503, faultTexts.queueFull],
    [{ kind: "load-failure" }, 500, faultTexts.load["runner-died"]],
    [{ kind: "http-500" }, 500, faultTexts.runnerStopped],
  ] as const)("%j is told with its status and text", async (fault, status, text) => {
    const answer = await ask(path, body, fault);
    expect(answer).toMatchObject({ status, endedBy: "complete" });
    expect(textOf(answer)).toContain(text);
  });

  test("breaks off in the middle", async () => {
    const truncated = await ask(path, body, { kind: "truncate-content-length", keepBytes: 5 });
    // A whole vector is too long for a length: Go sends it in chunks.
    expect(truncated).toMatchObject({ endedBy: path === "/api/embeddings" ? "complete" : "fin" });
    expect(await ask(path, body, { kind: "cut-mid-stream", afterRecords: 99 })).toMatchObject({ status: undefined });
  });
});

describe("a runner that dies while it reads a text", () => {
  const died = 'do embedding request: Post "http://127.0.0.1:35115/embedding": EOF';
  const fault = { kind: "error-record-mid-stream", afterRecords: 0 } as const;

  test.each([
    ["/api/embed", 400, { error: died }],
    ["/api/embeddings", 500, { error: died }],
    ["/v1/embeddings", 400, { error: { message: died, type: "invalid_request_error", param: null, code: null } }],
  ] as const)("is answered by %s with %d, as by the real one", async (path, status, body) => {
    const answer = await ask(path, singles[path], fault);
    expect(answer).toMatchObject({ status });
    expect(JSON.parse(textOf(answer))).toEqual(body);
  });

  test("has the text that the fault gives it", async () => {
    const answer = await ask("/api/embed", singles["/api/embed"], { ...fault, text: "it died" });
    expect(JSON.parse(textOf(answer))).toEqual({ error: "it died" });
  });
});
