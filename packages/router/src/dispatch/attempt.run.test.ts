import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { nodeId, tokens } from "@herd/shared";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Candidate } from "../domain/candidate.ts";
import type { RequestFacts } from "../domain/request.ts";
import { plainRequest } from "../domain/testing/plain-request.ts";
import { type AttemptOrder, type RunningAttempt, startAttempt } from "./attempt.run.ts";
import { Pools } from "./pools.run.ts";
import { RunningAttempts } from "./running-attempts.ts";
import { createMemorySink, type MemorySink } from "./testing/memory-sink.ts";
import { createRecordTap } from "./testing/record-tap.ts";

interface Call {
  readonly path: string;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
  readonly response: ServerResponse;
}

/** A node whose calls a test answers one by one. */
class Node {
  readonly calls: Call[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => {
      const { url = "", headers } = request;
      this.calls.push({ path: url, headers, body: Buffer.concat(chunks).toString(), response });
      for (const look of this.#waiting.splice(0)) look();
    });
  });

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The nth call, counted from 1, once it has come. */
  async call(count: number): Promise<Call> {
    while (this.calls.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const call = this.calls[count - 1];
    if (call === undefined) throw new Error(`no call ${count}`);
    return call;
  }
}

let node: Node;
let pools: Pools;
let running: RunningAttempts;

beforeEach(async () => {
  node = new Node();
  pools = new Pools({ connectTimeoutMs: 1000 });
  running = new RunningAttempts();
  node.server.listen(0, "127.0.0.1");
  await once(node.server, "listening");
});

afterEach(async () => {
  await pools.destroy();
  node.server.closeAllConnections();
  await new Promise((resolve) => node.server.close(resolve));
});

interface Started {
  readonly attempt: RunningAttempt;
  readonly sink: MemorySink;
  readonly events: readonly string[];
}

function start(wishes: Partial<AttemptOrder> = {}, loadsFirst = true, origin = node.origin): Started {
  const sink = createMemorySink();
  const events: string[] = [];
  const attempt = startAttempt(
    {
      pools,
      running,
      now: () => performance.now(),
      signCall: (_node, { method, path }) => ["x-herd-signature", `${method} ${path}`],
      stallCapMs: 10_000,
      loadsFirst,
    },
    {
      candidate: candidateAt(origin),
      facts: FACTS,
      body: Buffer.from('{"model":"m"}'),
      headers: ["Content-Type", "application/json"],
      needsLoad: false,
      sink,
      tap: createRecordTap(),
      ownHeaders: () => [],
      failureRecord: (reading, detail) => `${reading.closePartialRecord}failure: ${detail}\n`,
      onFirstByte: () => void events.push("first byte"),
      onLoadEnded: () => void events.push("load ended"),
      onLoaded: () => void events.push("loaded"),
      ...wishes,
    },
  );
  return { attempt, sink, events };
}

describe("an attempt", () => {
  test("sends the client's bytes to the backend's route, signed for the node", async () => {
    const { attempt, sink } = start({ facts: { ...FACTS, path: "/api/chat?x=1" } });
    const { path, body, headers, response } = await node.call(1);
    expect([path, body]).toEqual(["/ollama/api/chat?x=1", '{"model":"m"}']);
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "content-length": "13",
      "x-herd-signature": "POST /ollama/api/chat?x=1",
    });
    response.end("done\n");
    expect((await attempt.result).kind).toBe("completed");
    expect(sink.text()).toBe("done\n");
  });

  test("tells its first byte, which is also the end of any load", async () => {
    const { attempt, events } = start({ needsLoad: true }, false);
    (await node.call(1)).response.end("done\n");
    await attempt.result;
    expect(events).toEqual(["load ended", "first byte"]);
  });

  test("to an address that is none fails without harm", async () => {
    const { attempt } = start({}, true, "http://:0:0");
    expect(await attempt.result).toMatchObject({ kind: "failed", failureClass: "unreachable", isRefused: false });
    expect(running.endAll(nodeId("a"), "late")).toBe(0);
  });

  test("with a header that cannot be sent fails without harm", async () => {
    const { attempt } = start({ headers: ["X-Bad", "line\nbreak"] });
    expect(await attempt.result).toMatchObject({ kind: "failed" });
  });

  test("on a node that vanished is ended from outside, and is over when it has ended", async () => {
    const { attempt } = start();
    await node.call(1);
    expect(running.endAll(nodeId("a"), "vanished")).toBe(1);
    expect(await attempt.result).toMatchObject({ kind: "failed", failureClass: "unreachable", detail: "vanished" });
    expect(running.endAll(nodeId("a"), "vanished")).toBe(0);
  });

  test("whose client leaves ends the node's work", async () => {
    const { attempt } = start();
    const { response } = await node.call(1);
    const gone = once(response, "close");
    attempt.cancel();
    expect((await attempt.result).kind).toBe("cancelled");
    await gone;
  });
});

describe("the content type of a body in memory", () => {
  const form = "application/x-www-form-urlencoded";
  const files = "multipart/form-data; boundary=x";
  test.each([
    { what: "is JSON for a server other than Ollama", kind: "openai-compatible", said: form, sent: "application/json" },
    { what: "stays a form with files", kind: "openai-compatible", said: files, sent: files },
    { what: "stays what it is for Ollama", kind: "ollama", said: form, sent: form },
  ] as const)("$what", async ({ kind, said, sent }) => {
    const candidate = candidateAt(node.origin);
    const headers = ["Content-Type", said];
    const { attempt } = start({ headers, candidate: { ...candidate, backend: { ...candidate.backend, kind } } });
    const { headers: seen, response } = await node.call(1);
    expect(seen["content-type"]).toBe(sent);
    response.end("done\n");
    await attempt.result;
  });
});

describe("an attempt that has to load the model", () => {
  test("orders the load first, with the request's load-time options, and then sends the request", async () => {
    const facts = { ...FACTS, numCtx: 4096, loadOptions: "num_gpu=0,use_mmap=true" };
    const { attempt, sink, events } = start({ needsLoad: true, facts });
    const load = await node.call(1);
    expect([load.path, JSON.parse(load.body)]).toEqual([
      "/ollama/api/generate",
      { model: "m:latest", options: { num_ctx: 4096, num_gpu: 0, use_mmap: true } },
    ]);
    expect(load.headers["x-herd-signature"]).toBe("POST /ollama/api/generate");
    expect(attempt.isLoading()).toBe(true);
    load.response.end('{"done":true,"done_reason":"load"}');
    const call = await node.call(2);
    expect([call.path, events, attempt.isLoading()]).toEqual(["/ollama/api/chat", ["loaded", "load ended"], false]);
    call.response.end("done\n");
    expect((await attempt.result).kind).toBe("completed");
    expect(sink.text()).toBe("done\n");
  });

  test("fails as the load does, and sends no request", async () => {
    const { attempt, events } = start({ needsLoad: true });
    const { response } = await node.call(1);
    response.writeHead(500).end('{"error":"model failed to load, this may be due to resource limitations"}');
    expect(await attempt.result).toMatchObject({ kind: "failed", failureClass: "load-failure", status: 500 });
    expect([node.calls.length, events, attempt.isLoading()]).toEqual([1, ["load ended"], false]);
  });

  test("goes on loading when its client leaves, and then sends no request", async () => {
    const { attempt, events } = start({ needsLoad: true });
    const { response } = await node.call(1);
    attempt.cancel();
    expect(await attempt.result).toEqual({ kind: "cancelled", firstByteAt: undefined, usage: undefined });
    expect([response.destroyed, attempt.isLoading(), events]).toEqual([false, true, []]);
    response.end('{"done":true}');
    await expect.poll(() => attempt.isLoading()).toBe(false);
    expect([node.calls.length, events]).toEqual([1, ["loaded", "load ended"]]);
  });

  test("moves on when its node vanishes during the load", async () => {
    const { attempt } = start({ needsLoad: true });
    await node.call(1);
    running.endAll(nodeId("a"), "vanished");
    expect(await attempt.result).toMatchObject({ kind: "failed", failureClass: "unreachable", detail: "vanished" });
  });

  test.each([
    ["loads by the client's own request", { facts: { kind: "load" } }],
    ["asks for nothing that must be loaded", { facts: { kind: "show" } }],
    ["runs on an engine that does not load this way", { kind: "openai-compatible" }],
  ] as const)("is sent as it is when it %s", async (_why, wishes) => {
    const candidate = candidateAt(node.origin);
    const backend = { ...candidate.backend, ...("kind" in wishes ? { kind: wishes.kind } : {}) };
    const facts = { ...FACTS, ...("facts" in wishes ? wishes.facts : {}) };
    const { attempt } = start({ needsLoad: true, facts, candidate: { ...candidate, backend } });
    const { path, response } = await node.call(1);
    expect(path).toBe("/ollama/api/chat");
    response.end("done\n");
    await attempt.result;
  });
});

const FACTS: RequestFacts = plainRequest("m", {
  modelRange: { start: 9, end: 12 },
  promptCharacters: 1,
  promptTokens: tokens(1),
});

/** Only what an attempt looks at. */
function candidateAt(origin: string): Candidate {
  const candidate: unknown = {
    node: { nodeId: nodeId("a") },
    backend: { id: "ollama", kind: "ollama", route: { kind: "gateway", origin, prefix: "/ollama" } },
    model: { name: "m:latest" },
    laneKey: "a:m:latest",
  };
  return candidate as Candidate;
}
