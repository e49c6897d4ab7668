import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { networkInterfaces } from "node:os";
import { afterEach, expect, test } from "vitest";
import { startTestRouter } from "../testing/test-router.ts";
import { createOwnPort } from "./own-port.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A router that tells from where it is called and with what path. */
async function listenOn(host: string) {
  const server = createServer((request, response) => response.end(`${request.socket.remoteAddress} ${request.url}`));
  servers.push(server);
  const ownPort = createOwnPort();
  ownPort.use(server);
  expect(ownPort.url()).toBeUndefined();
  server.listen(0, host);
  await once(server, "listening");
  await expect.poll(() => ownPort.url()).toBeDefined();
  const address = server.address();
  return { server, ownPort, port: typeof address === "object" ? address?.port : undefined };
}

const read = async (url: string) => {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
};

/** This machine's address on a network; its loopback where it is on none. */
const ownAddress =
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ internal, family }) => !internal && family === "IPv4")?.address ?? "127.0.0.1";

test.each(["127.0.0.1", "0.0.0.0", ownAddress])("a router on %s calls itself by loopback", async (host) => {
  const { ownPort, port } = await listenOn(host);
  expect(await read(`${ownPort.url()}/api/tags?x=1`)).toEqual({ status: 200, text: "127.0.0.1 /api/tags?x=1" });
  expect(ownPort.port()).toBe(port);
});

test("where it listens on the network only, other programs of this machine get no second way in", async () => {
  const { server, ownPort, port } = await listenOn(ownAddress);
  const { origin, port: ownDoor } = new URL(ownPort.url() ?? "");
  expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:/);
  if (Number(ownDoor) !== port) {
    expect((await read(`${origin}/api/tags`)).status).toBe(404);
    expect((await read(`${origin}/`)).status).toBe(404);
  }
  const closed = once(server, "close");
  server.close();
  await closed;
  await expect(fetch(`${origin}/`)).rejects.toThrow();
});

test("a whole router on an address of the network takes its own calls for its own", async () => {
  const router = await startTestRouter({ host: ownAddress });
  const own = router.assembly.ownPort.url();
  const saved = await fetch(`${own}/dashboard/api/settings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"auto_pull":false}',
  });
  expect(saved.status).toBe(200);
  const lists = await fetch(`${own}/api/tags`);
  expect(await lists.json()).toEqual({ models: [] });
  await router.close();
  await expect(fetch(`${own}/api/tags`)).rejects.toThrow();
});
