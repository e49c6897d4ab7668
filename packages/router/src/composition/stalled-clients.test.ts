import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { openRaw } from "../http/testing/raw-call.ts";
import { FIRST_RECORD, type NodeCall } from "./testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "./testing/test-router.ts";

let router: TestRouter | undefined;

afterEach(() => router?.close());

const body = '{"model":"m","messages":[{"role":"user","content":"x"}]}';
const chat = `POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const record = `${JSON.stringify({ ...FIRST_RECORD, filling: "x".repeat(65_536) })}\n`;

/** Streams records for ever, as fast as they are taken. */
function endless({ response }: NodeCall): void {
  response.writeHead(200, { "Content-Type": "application/x-ndjson" });
  const write = (): void => {
    while (!response.destroyed && response.write(record));
  };
  response.on("drain", write);
  write();
}

test("a client that stops reading loses its answer, its node is told to stop, and its slot is free again", async () => {
  router = await startTestRouter({ clientStallS: 0.2 });
  const node = await router.addNode(endless, { models: ["m"], slots: 1 });
  const { socket } = openRaw(router.port, chat);
  await once(socket, "data");
  socket.pause();
  const { response } = await node.call("/api/chat");
  await once(response, "close");
  await expect.poll(() => router?.assembly.serving.book.all().map(({ inFlight }) => inFlight)).toEqual([0]);
  await expect.poll(() => router?.traces()[0]?.status).toBe("client_disconnected");
  node.answer = ({ response: next }) => {
    next.writeHead(200, { "Content-Type": "application/x-ndjson" });
    next.end(`${JSON.stringify({ ...FIRST_RECORD, done: true, done_reason: "stop" })}\n`);
  };
  const { answer } = openRaw(router.port, chat.replace("Host", "Connection: close\r\nHost"));
  expect((await answer).status).toBe(200);
  socket.destroy();
});

test("a client that reads on, with pauses, keeps its answer", async () => {
  router = await startTestRouter({ clientStallS: 0.4 });
  const node = await router.addNode(endless, { models: ["m"] });
  const { socket } = openRaw(router.port, chat);
  let taken = 0;
  socket.on("data", (chunk: Buffer) => {
    taken += chunk.length;
    if (taken % (8 << 20) < chunk.length) socket.pause();
  });
  const reading = setInterval(() => socket.resume(), 100);
  const { response } = await node.call("/api/chat");
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  clearInterval(reading);
  expect([response.destroyed, socket.destroyed, taken > 16 << 20]).toEqual([false, false, true]);
  socket.destroy();
  await once(response, "close");
});
