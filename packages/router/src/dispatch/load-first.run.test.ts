import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Pool } from "undici";
import { afterEach, describe, expect, test } from "vitest";
import { type LoadOrder, type LoadResult, loadFirst } from "./load-first.run.ts";

let server: Server | undefined;
let pool: Pool | undefined;

afterEach(async () => {
  await pool?.destroy();
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

interface Received {
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Sends a load to a node that answers so; resolves to the result and what the node got. */
async function load(
  answer: (response: ServerResponse) => void,
  wishes: Partial<LoadOrder> = {},
): Promise<{ readonly result: LoadResult; readonly received: Received | undefined }> {
  let received: Received | undefined;
  const node = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => {
      received = { url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() };
      answer(response);
    });
  });
  server = node;
  node.listen(0, "127.0.0.1");
  await once(node, "listening");
  pool = new Pool(`http://127.0.0.1:${(node.address() as AddressInfo).port}`);
  const order = {
    pool,
    path: "/ollama/api/generate",
    headers: ["x-herd-nonce", "n"],
    model: "m:1b",
    loadOptions: {},
    stallCapMs: 10_000,
    signal: new AbortController().signal,
  };
  return { result: await loadFirst({ ...order, ...wishes }), received };
}

const answering =
  (status: number, body: string, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(status, headers).end(body);
  };

describe("a load that the router orders itself", () => {
  test("is a generation without a prompt, with the same load-time options", async () => {
    const { result, received } = await load(answering(200, '{"done":true,"done_reason":"load"}'), {
      loadOptions: { num_ctx: 8192, use_mmap: false },
    });
    expect(result).toEqual({ kind: "loaded" });
    expect(received?.url).toBe("/ollama/api/generate");
    expect(received?.headers).toMatchObject({ "x-herd-nonce": "n", "content-type": "application/json" });
    expect(JSON.parse(received?.body ?? "")).toEqual({ model: "m:1b", options: { num_ctx: 8192, use_mmap: false } });
  });

  test("names no options when the request sets none", async () => {
    const { received } = await load(answering(200, "{}"));
    expect(JSON.parse(received?.body ?? "")).toEqual({ model: "m:1b" });
  });

  test("that fails tells how, with the node's own answer", async () => {
    const text = '{"error":"model requires more system memory (5.6 GiB) than is available (3.1 GiB)"}';
    const { result } = await load(answering(500, text));
    expect(result).toMatchObject({ kind: "failed", failureClass: "load-failure", status: 500, isRefused: false });
    const answer = result.kind === "failed" ? result.answer : undefined;
    expect(Buffer.from(answer?.body ?? []).toString()).toBe(text);
  });

  test("is left to the request where the node does not load this way", async () => {
    const { result } = await load(answering(400, '{"error":"\\"m\\" does not support generate"}'));
    expect(result).toEqual({ kind: "skipped" });
  });

  test("meets a model that is gone", async () => {
    const { result } = await load(answering(404, `{"error":"model 'm:1b' not found"}`));
    expect(result).toMatchObject({ kind: "failed", failureClass: "stale-inventory" });
  });

  test("meets a full queue", async () => {
    const { result } = await load(
      answering(503, '{"error":"server busy, please try again.  maximum pending requests exceeded"}'),
    );
    expect(result).toMatchObject({ kind: "failed", failureClass: "busy" });
  });

  test("meets the gateway's own words, which are nobody's to read", async () => {
    const { result } = await load(answering(502, "own words", { "X-Herd-Gateway": "unreachable" }));
    expect(result).toMatchObject({ kind: "failed", failureClass: "unreachable", answer: undefined });
  });

  test("ends as unreachable when its machine is gone", async () => {
    const gone = new AbortController();
    const { result } = await load(() => gone.abort(new Error("its port: no answer")), { signal: gone.signal });
    expect(result).toMatchObject({ kind: "failed", failureClass: "unreachable", detail: "its port: no answer" });
  });

  test("is given up after the cap", async () => {
    const { result } = await load(() => undefined, { stallCapMs: 30 });
    expect(result).toMatchObject({ kind: "failed", failureClass: "stall" });
  });

  test("meets a connection that breaks", async () => {
    const { result } = await load((response) => response.destroy());
    expect(result).toMatchObject({ kind: "failed", failureClass: "unreachable", isRefused: false });
  });

  test("meets a port on which nobody listens", async () => {
    const { result } = await load(answering(200, "{}"), { pool: new Pool("http://127.0.0.1:1") });
    expect(result).toMatchObject({ kind: "failed", failureClass: "unreachable", isRefused: true });
  });
});
