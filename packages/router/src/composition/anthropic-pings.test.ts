import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import type { ReplySink } from "../domain/reply.ts";
import type { Incoming } from "../pipeline/incoming.ts";
import { type AnthropicDoors, addAnthropicRoutes } from "../protocols/anthropic/plugin.ts";

const BODY = '{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],"stream":true}';
const PING = 'event: ping\ndata: {"type":"ping"}\n\n';

let server: FastifyInstance | undefined;
let client: Socket | undefined;

afterEach(async () => {
  client?.destroy();
  server?.server.closeAllConnections();
  await server?.close();
});

/** Sends one request to the routes; `serve` stands for the pipeline, the timers for time. */
async function send(serve: AnthropicDoors["serve"], { isPinging = true, body = BODY } = {}) {
  const timers = new Set<() => void>();
  const instance = fastify();
  server = instance;
  instance.decorateRequest("clientAddress", "");
  instance.decorateRequest("isLoopback", false);
  instance.decorateRequest("arrivedAt", 0);
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser("*", { parseAs: "buffer" }, (_request, bytes, done) => done(null, bytes));
  addAnthropicRoutes(instance, {
    serve,
    sinkOf: ({ raw }): ReplySink => ({
      begin: ({ status, headers }) => void raw.writeHead(status, headers as string[]),
      write: (chunk) => raw.destroyed || raw.write(chunk),
      onDrain: (resume) => void raw.once("drain", resume),
      end: () => void raw.end(),
      destroy: () => void raw.destroy(),
    }),
    bodyOf: ({ body: bytes }) => bytes as Uint8Array,
    countTokens: () => 7,
    isPinging: () => isPinging,
    startTimer: (call) => {
      timers.add(call);
      return () => void timers.delete(call);
    },
  });
  await instance.listen({ port: 0, host: "127.0.0.1" });
  const socket = connect((instance.server.address() as AddressInfo).port, "127.0.0.1");
  client = socket;
  let received = "";
  socket.on("data", (bytes: Buffer) => {
    received += bytes.toString();
  });
  socket.on("error", () => undefined);
  const head = `POST /v1/messages HTTP/1.1\r\nHost: a\r\nContent-Type: x/y\r\nContent-Length: ${body.length}`;
  socket.write(`${head}\r\nConnection: close\r\n\r\n${body}`);
  const tick = (): void => {
    for (const call of [...timers]) if (timers.delete(call)) call();
  };
  return { socket, received: () => received, tick, timers, ended: once(socket, "end") };
}

/** A pipeline that waits for a test. */
function createPipeline() {
  const arrived = Promise.withResolvers<Incoming>();
  const over = Promise.withResolvers<void>();
  const serve: AnthropicDoors["serve"] = (incoming) => {
    arrived.resolve(incoming);
    return over.promise;
  };
  return { serve, incoming: arrived.promise, end: over.resolve, fail: over.reject };
}

describe("a stream that waits, with pings switched on", () => {
  it("is answered with pings in one reply, which the node's bytes go on with", async () => {
    const { serve, incoming, end } = createPipeline();
    const { tick, received, ended, timers } = await send(serve);
    const { sink } = await incoming;
    tick();
    tick();
    await expect.poll(received).toContain(`${PING.length.toString(16)}\r\n${PING}`);
    sink.begin({ status: 200, headers: ["Content-Type", "text/event-stream"] });
    sink.write(Buffer.from("event: message_stop\n\n"));
    sink.end();
    end();
    await ended;
    expect(received().match(/HTTP\/1\.1 200/g)).toHaveLength(1);
    expect(received().split(PING)).toHaveLength(3);
    expect(received()).toContain("event: message_stop");
    expect(timers.size).toBe(0);
  });

  it("keeps no timer once its client has left", async () => {
    const { serve, incoming, end } = createPipeline();
    const { socket, tick, received, timers } = await send(serve);
    const gone = new Promise<void>((resolve) => void incoming.then(({ onClientGone }) => onClientGone(resolve)));
    await incoming;
    tick();
    await expect.poll(received).toContain(PING);
    expect(timers.size).toBe(1);
    socket.destroy();
    await gone;
    expect(timers.size).toBe(0);
    end();
  });

  it("is cut when the router itself fails after a ping", async () => {
    const { serve, incoming, fail } = createPipeline();
    const { socket, tick, received, timers } = await send(serve);
    await incoming;
    tick();
    await expect.poll(received).toContain(PING);
    fail(new Error("inside"));
    await once(socket, "close");
    expect(received()).not.toContain("0\r\n\r\n");
    expect(timers.size).toBe(0);
  });

  it("has none when the client asked for one piece", async () => {
    const { serve, incoming } = createPipeline();
    const { tick, timers } = await send(serve, { body: BODY.replace("true", "false") });
    await incoming;
    tick();
    expect(timers.size).toBe(0);
  });
});

it("without pings no timer is started", async () => {
  const { serve, incoming } = createPipeline();
  const { timers } = await send(serve, { isPinging: false });
  await incoming;
  expect(timers.size).toBe(0);
});
