import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Pools } from "./pools.run.ts";

let pools: Pools;
const servers: Server[] = [];

beforeEach(() => {
  pools = new Pools({ connectTimeoutMs: 1000 });
});

afterEach(async () => {
  await pools.destroy();
  for (const server of servers) server.closeAllConnections();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function serve(answer: Parameters<typeof createServer>[1]): Promise<{ origin: string; sockets: Set<Socket> }> {
  const server = createServer(answer as never);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

describe("the pools", () => {
  test("open one pool per origin and keep it", () => {
    expect(pools.of("http://127.0.0.1:1")).toBe(pools.of("http://127.0.0.1:1"));
    expect(pools.of("http://127.0.0.1:1")).not.toBe(pools.of("http://127.0.0.1:2"));
  });

  test("use a connection again", async () => {
    const { origin, sockets } = await serve((_request: unknown, response: { end: (text: string) => void }) =>
      response.end("ok"),
    );
    for (let call = 0; call < 3; call += 1) {
      const { body } = await pools.of(origin).request({ method: "GET", path: "/" });
      await body.text();
      // A connection is free again one turn of the event loop after its answer.
      await new Promise(setImmediate);
    }
    expect(sockets.size).toBe(1);
  });

  test("never send two requests after each other on one connection while the first is not answered", async () => {
    let open = 0;
    const both = Promise.withResolvers<void>();
    const { origin, sockets } = await serve((_request: unknown, response: { end: (text: string) => void }) => {
      open += 1;
      if (open === 2) both.resolve();
      void both.promise.then(() => response.end("ok"));
    });
    const calls = [1, 2].map(() => pools.of(origin).request({ method: "GET", path: "/" }));
    await Promise.all((await Promise.all(calls)).map(({ body }) => body.text()));
    expect(sockets.size).toBe(2);
  });

  test("end every connection when they are destroyed, calls under way, too", async () => {
    const asked = Promise.withResolvers<void>();
    const { origin } = await serve(() => asked.resolve());
    const call = pools.of(origin).request({ method: "GET", path: "/" });
    const refused = expect(call).rejects.toThrow();
    await asked.promise;
    await pools.destroy();
    await refused;
  });
});
