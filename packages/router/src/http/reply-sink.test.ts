import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { HttpReplySink } from "./reply-sink.ts";
import { openRaw } from "./testing/raw-call.ts";

let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

/** Serves one request with `answer`; resolves to the connection and the response. */
async function serve(clientStallMs = 60_000) {
  const listening = createServer().listen(0, "127.0.0.1");
  server = listening;
  await once(listening, "listening");
  const arrived = once(listening, "request") as Promise<[unknown, ServerResponse]>;
  const { port } = listening.address() as AddressInfo;
  const connection = openRaw(port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const [, raw] = await arrived;
  return { raw, sink: new HttpReplySink(raw, clientStallMs), ...connection };
}

test("nothing leaves before it begins; then head and bytes leave together", async () => {
  const { sink, socket, answer } = await serve();
  const first = once(socket, "data") as Promise<[Buffer]>;
  sink.begin({ status: 201, headers: ["X-One", "1", "X-One", "2", "Content-Type", "text/plain"] });
  sink.write(Buffer.from("hello"));
  const [bytes] = await first;
  expect(bytes.toString()).toContain("X-One: 1\r\nX-One: 2\r\nContent-Type: text/plain");
  expect(bytes.toString()).toContain("hello");
  sink.end();
  expect((await answer).status).toBe(201);
});

test("a destroyed reply is cut, not ended", async () => {
  const { sink, answer } = await serve();
  sink.begin({ status: 200, headers: [] });
  sink.write(Buffer.from("half"));
  sink.destroy();
  expect((await answer).body).not.toContain("0\r\n\r\n");
});

test("a client that reads slowly stops the writer until it has caught up", async () => {
  const { sink, socket } = await serve();
  socket.pause();
  sink.begin({ status: 200, headers: [] });
  const chunk = Buffer.alloc(1 << 20);
  let isTaking = true;
  while (isTaking) isTaking = sink.write(chunk);
  const drained = new Promise<void>((resume) => sink.onDrain(resume));
  socket.resume();
  await drained;
  sink.end();
});

test("writing to a client that has gone asks nobody to wait", async () => {
  const { raw, sink, socket } = await serve();
  sink.begin({ status: 200, headers: [] });
  const gone = once(raw, "close");
  socket.destroy();
  await gone;
  expect(sink.write(Buffer.alloc(1 << 20))).toBe(true);
});

test("a client that takes nothing any more is cut off", async () => {
  const { raw, sink, socket } = await serve(50);
  socket.pause();
  sink.begin({ status: 200, headers: [] });
  expect(sink.write(Buffer.alloc(64 << 20))).toBe(false);
  await once(raw, "close");
  expect([raw.writableFinished, socket.destroyed]).toEqual([false, false]);
  socket.destroy();
});

test("a client that takes nothing any more is cut off also when its answer has ended meanwhile", async () => {
  const { raw, sink, socket } = await serve(50);
  socket.pause();
  sink.begin({ status: 200, headers: [] });
  sink.write(Buffer.alloc(64 << 20));
  sink.end();
  await once(raw, "close");
  expect(raw.writableFinished).toBe(false);
  socket.destroy();
});

test("a client that takes a little now and then is never cut off, even inside one long chunk", async () => {
  const stallMs = 400;
  const { raw, sink, socket } = await serve(stallMs);
  let taken = 0;
  socket.on("data", (chunk: Buffer) => {
    taken += chunk.length;
    // The system gives room to the sender only once a good part of its buffer is free.
    if (taken % (4 << 20) < chunk.length) socket.pause();
  });
  sink.begin({ status: 200, headers: [] });
  expect(sink.write(Buffer.alloc(64 << 20))).toBe(false);
  const drained = new Promise<void>((resume) => sink.onDrain(resume));
  const reading = setInterval(() => socket.resume(), stallMs / 4);
  const beganAt = performance.now();
  await drained;
  clearInterval(reading);
  expect([raw.destroyed, performance.now() - beganAt > 2 * stallMs]).toEqual([false, true]);
  // Caught up, it owes nothing: a node may be silent for as long as it likes.
  socket.resume();
  await new Promise((resolve) => setTimeout(resolve, 2.5 * stallMs));
  expect(raw.destroyed).toBe(false);
  sink.end();
});
