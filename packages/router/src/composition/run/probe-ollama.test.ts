import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { probeOllama } from "./probe-ollama.ts";

async function urlOf(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answering = (text: string) => urlOf(createServer((_request, response) => response.end(text)));

test.each([
  ["models", '{"models":[{"name":"m"}]}'],
  ["empty", '{"models":[]}'],
  ["empty", '{"models":[]}\n'],
  ["other", "<html>"],
  ["other", '{"models":null}'],
  ["other", "null"],
] as const)("a place that answers so is said to have '%s': %s", async (expected, text) => {
  expect(await probeOllama(await answering(text))).toBe(expected);
});

test("a place where nobody listens has nobody", async () => {
  const server = createTcpServer();
  const url = await urlOf(server);
  await new Promise((resolve) => server.close(resolve));
  expect(await probeOllama(url)).toBe("nobody");
  expect(await probeOllama("http://name.invalid:11434")).toBe("nobody");
});

test("a program that takes the connection and says nothing is not nobody: a machine may only be slow", async () => {
  const sockets = new Set<{ destroy: () => unknown }>();
  const silent = createTcpServer((socket) => sockets.add(socket.on("error", () => undefined)));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  expect(await probeOllama(await urlOf(silent))).toBe("other");
});
