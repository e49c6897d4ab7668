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
async function serve() {
  const listening = createServer().listen(0, "127.0.0.1");
  server = listening;
  await once(listening, "listening");
  const arrived = once(listening, "request") as Promise<[unknown, ServerResponse]>;
  const { port } = listening.address() as AddressInfo;
  const connection = openRaw(port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const [, raw] = await arrived;
  return { raw, sink: new HttpReplySink(raw), ...connection };
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
