import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { nodeId } from "@herd/shared";
import { afterEach, describe, expect, test } from "vitest";
import type { ReplySink } from "../domain/reply.ts";
import { callNode, type NodeCallOrder } from "./node-call.run.ts";
import { createPassedBytes } from "./passed-bytes.ts";
import { Pools } from "./pools.run.ts";
import { RunningAttempts } from "./running-attempts.ts";
import { createMemorySink } from "./testing/memory-sink.ts";

const A = nodeId("a");
const pools = new Pools({ connectTimeoutMs: 1_000 });
const running = new RunningAttempts();
const collected: number[] = [];
const notePassed = createPassedBytes(() => void collected.push(1));
let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
  collected.length = 0;
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function startNode(answer: Answer): Promise<string> {
  server = createServer((request, response) => {
    request.on("error", () => undefined);
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const call = (origin: string, order: Partial<NodeCallOrder> = {}) =>
  callNode(
    {
      pools,
      running,
      stallCapMs: 5_000,
      signCall: (node, { method, path }) => ["x-signed", `${node} ${method} ${path}`],
      notePassed,
    },
    {
      node: A,
      route: { kind: "gateway", origin, prefix: "/ollama" },
      method: "POST",
      path: "/api/x?y=1",
      headers: ["x-own", "1"],
      body: undefined,
      ...order,
    },
  );

const wholeBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

async function* pieces(...texts: readonly string[]) {
  for (const text of texts) yield Buffer.from(text);
}

describe("a call to a node", () => {
  test.each(["GET", "HEAD", "POST", "DELETE"] as const)("can be a %s, signed for its gateway", async (method) => {
    const seen: string[] = [];
    const origin = await startNode((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers["x-own"]} ${request.headers["x-signed"]}`);
      response.writeHead(200, { "content-type": "text/plain", "content-length": 2, "x-herd-secret": "1" });
      response.end("ok");
    });
    const result = await call(origin, { method }).result;
    expect(seen).toEqual([`${method} /ollama/api/x?y=1 1 a ${method} /ollama/api/x?y=1`]);
    expect(result).toMatchObject({ kind: "answered", status: 200 });
    if (result.kind !== "answered") return;
    expect(Buffer.from(result.body).toString()).toBe(method === "HEAD" ? "" : "ok");
    expect(result.headers.join()).not.toContain("x-herd-secret");
    expect(running.isBusy(A)).toBe(false);
  });

  test("gives the node's error answer as it is", async () => {
    const origin = await startNode((_request, response) => void response.writeHead(404).end('{"error":"no"}'));
    const result = await call(origin, { body: Buffer.from("{}") }).result;
    expect(result).toMatchObject({ kind: "answered", status: 404, body: Buffer.from('{"error":"no"}') });
  });

  test("that nobody takes fails untouched, so that another node can get the body", async () => {
    const origin = await startNode(() => undefined);
    const free = origin.replace(/\d+$/, "1");
    const result = await call(free, { body: pieces("a") }).result;
    expect(result).toMatchObject({ kind: "failed", isUntouched: true });
    expect(await call("http://[bad", {}).result).toMatchObject({ kind: "failed" });
  });

  test("that the gateway itself answers is a failure", async () => {
    const origin = await startNode(
      (_request, response) => void response.writeHead(502, { "x-herd-gateway": "unreachable" }).end("{}"),
    );
    expect(await call(origin).result).toMatchObject({ kind: "failed", detail: expect.stringContaining("unreachable") });
  });

  test("of a node that says nothing ends after its time", async () => {
    const origin = await startNode(() => undefined);
    expect(await call(origin, { silenceMs: 30 }).result).toMatchObject({ kind: "failed", isUntouched: true });
  });

  test("of a node that has vanished ends at once", async () => {
    const begun = Promise.withResolvers<void>();
    const origin = await startNode(() => begun.resolve());
    const { result } = call(origin);
    await begun.promise;
    expect(running.endAll(A, "it is gone")).toBe(1);
    expect(await result).toMatchObject({ kind: "failed", detail: "it is gone" });
  });

  test("whose answer is too long to be held fails", async () => {
    const origin = await startNode((_request, response) => void response.end(Buffer.alloc(2 ** 20 + 1)));
    expect(await call(origin).result).toMatchObject({ kind: "failed" });
  });
});

describe("a streamed body", () => {
  test("arrives whole, with the length that is told or none", async () => {
    const seen: string[] = [];
    const origin = await startNode((request, response) => {
      const { "content-length": length, "transfer-encoding": coding } = request.headers;
      void wholeBody(request).then((body) => {
        seen.push(`${body} ${length} ${coding}`);
        response.end();
      });
    });
    await call(origin, { body: pieces("ab", "cd") }).result;
    await call(origin, { body: pieces("ab", "cd"), headers: ["content-length", "4"] }).result;
    expect(seen).toEqual(["abcd undefined chunked", "abcd 4 undefined"]);
  });

  test("is asked for only as fast as the node takes it, and its memory is given back on the way", async () => {
    const begun = Promise.withResolvers<IncomingMessage>();
    const origin = await startNode((request, response) => {
      begun.resolve(request);
      request.once("end", () => response.end());
    });
    let given = 0;
    const size = 64;
    async function* many() {
      for (; given < size; given += 1) yield Buffer.alloc(2 ** 20);
    }
    const { result } = call(origin, { body: many() });
    const request = await begun.promise;
    // Nobody reads: the buffers of the two sockets fill, and then no more is taken.
    for (let before = -1; before !== given; ) {
      before = given;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(given).toBeLessThan(size / 2);
    request.resume();
    expect(await result).toMatchObject({ kind: "answered", status: 200 });
    expect(given).toBe(size);
    expect(collected.length).toBe(8);
  });

  test("gives its memory back together with others that pass at the same time", async () => {
    const origin = await startNode((request, response) => void request.resume().once("end", () => response.end()));
    async function* three() {
      for (let given = 0; given < 3; given += 1) yield Buffer.alloc(2 ** 20);
    }
    await Promise.all(Array.from({ length: 8 }, () => call(origin, { body: three() }).result));
    expect(collected.length).toBe(3);
  });

  test("that its sender breaks off ends the call on the node", async () => {
    const begun = Promise.withResolvers<IncomingMessage>();
    const origin = await startNode((request) => begun.resolve(request));
    async function* broken() {
      yield Buffer.from("a");
      await begun.promise;
      throw new Error("aborted");
    }
    const { result } = call(origin, { body: broken(), headers: ["content-length", "10"] });
    const request = await begun.promise;
    const closed = new Promise((resolve) => request.once("close", resolve));
    expect(await result).toEqual({ kind: "cancelled" });
    await closed;
    expect(request.complete).toBe(false);
  });

  test("may take as long as it will, but not the answer after it", async () => {
    const origin = await startNode((request) => void request.resume());
    async function* slow() {
      yield Buffer.from("a");
      await new Promise((resolve) => setTimeout(resolve, 120));
      yield Buffer.from("b");
    }
    const startedAt = performance.now();
    const result = await call(origin, { body: slow(), silenceMs: 50 }).result;
    expect(result).toMatchObject({ kind: "failed", isUntouched: false });
    expect(performance.now() - startedAt).toBeGreaterThan(110);
  });

  test("that the node does not want to the end does not keep the answer back", async () => {
    const origin = await startNode((_request, response) => void response.writeHead(200).end("enough"));
    let isLeft = false;
    async function* endless() {
      try {
        for (;;) {
          yield Buffer.alloc(65_536);
          await new Promise(setImmediate);
        }
      } finally {
        isLeft = true;
      }
    }
    expect(await call(origin, { body: endless() }).result).toMatchObject({ kind: "answered", status: 200 });
    for (let tries = 0; tries < 100 && !isLeft; tries += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(isLeft).toBe(true);
  });
});

describe("an answer that is relayed", () => {
  test("goes on as it comes, held back by a slow receiver", async () => {
    const origin = await startNode((_request, response) => void response.end(Buffer.alloc(3 * 2 ** 20, "z")));
    const sink = createMemorySink();
    let resume: (() => void) | undefined;
    const slow: ReplySink = {
      ...sink,
      write: (chunk) => {
        sink.write(chunk);
        return resume !== undefined;
      },
      onDrain: (goOn) => {
        resume = goOn;
      },
    };
    const { result } = call(origin, { relayTo: () => slow });
    while (resume === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    const before = sink.text().length;
    expect(before).toBeLessThan(2 ** 20);
    resume();
    expect(await result).toEqual({ kind: "relayed", status: 200, isWhole: true });
    expect(sink.text().length).toBe(3 * 2 ** 20);
  });

  test("is cut where the node cuts it, and said not to be whole", async () => {
    const origin = await startNode((_request, response) => {
      response.writeHead(200, { "content-length": 10 });
      response.write("abc");
      setTimeout(() => response.destroy(), 10);
    });
    const cuts: string[] = [];
    const sink = { ...createMemorySink(), destroy: () => void cuts.push("cut") };
    expect(await call(origin, { relayTo: () => sink }).result).toEqual({
      kind: "relayed",
      status: 200,
      isWhole: false,
    });
    expect(cuts).toEqual(["cut"]);
  });

  test("is asked for no more when nobody waits for it", async () => {
    const begun = Promise.withResolvers<ServerResponse>();
    const origin = await startNode((_request, response) => begun.resolve(response));
    const running = call(origin);
    const response = await begun.promise;
    const closed = once(response, "close");
    running.cancel();
    expect(await running.result).toEqual({ kind: "cancelled" });
    await closed;
  });
});
