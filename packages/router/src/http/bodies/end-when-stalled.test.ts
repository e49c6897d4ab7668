import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { endWhenStalled } from "./end-when-stalled.ts";

let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
});

/** A request of which the first bytes of a longer body have come. */
async function begin(): Promise<{ incoming: IncomingMessage; socket: Socket }> {
  const listening = createServer().listen(0, "127.0.0.1");
  server = listening;
  await once(listening, "listening");
  const arrived = once(listening, "request") as Promise<[IncomingMessage]>;
  const socket = connect((listening.address() as AddressInfo).port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc");
  const [incoming] = await arrived;
  incoming.on("error", () => undefined);
  return { incoming, socket };
}

test("a body that comes to a standstill is cut off", async () => {
  const { incoming, socket } = await begin();
  endWhenStalled(incoming, 30);
  incoming.resume();
  await once(socket, "close");
  expect(incoming.complete).toBe(false);
});

test("a body that creeps is not, however long it takes", async () => {
  const { incoming, socket } = await begin();
  const stallMs = 150;
  endWhenStalled(incoming, stallMs);
  incoming.resume();
  const creeping = setInterval(() => socket.write("x"), stallMs / 5);
  await new Promise((resolve) => setTimeout(resolve, 5 * stallMs));
  clearInterval(creeping);
  expect(incoming.destroyed).toBe(false);
});

test("a body that nobody takes out is not the client's standstill", async () => {
  const { incoming } = await begin();
  endWhenStalled(incoming, 30);
  await once(incoming, "readable");
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(incoming.destroyed).toBe(false);
});

test("a whole body is left alone", async () => {
  const { incoming, socket } = await begin();
  endWhenStalled(incoming, 30);
  incoming.resume();
  socket.write("x".repeat(997));
  await once(incoming, "end");
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(socket.destroyed).toBe(false);
});
