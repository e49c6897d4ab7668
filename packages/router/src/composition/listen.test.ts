import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import fastify from "fastify";
import { expect, test } from "vitest";
import { listen } from "./listen.ts";

test("a taken port is told as such, and what was opened is given up", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const { port } = holder.address() as AddressInfo;
  let isGivenUp = false;
  const giveUp = (): void => {
    isGivenUp = true;
  };
  await expect(listen(fastify(), { host: "127.0.0.1", port }, giveUp)).rejects.toMatchObject({
    code: "HERD_PORT_TAKEN",
    message: `port ${port} is taken`,
    field: "port",
  });
  expect(isGivenUp).toBe(true);
  holder.close();
});

test("an address that is not this machine's is told as a bad setting", async () => {
  for (const host of ["203.0.113.1", "no.such.host.invalid"]) {
    await expect(listen(fastify(), { host, port: 0 }, () => undefined)).rejects.toMatchObject({
      code: "HERD_BAD_SETTING",
      field: "host",
    });
  }
});

test("any free port is told once it is known", async () => {
  const server = fastify();
  const { host, port } = await listen(server, { host: "127.0.0.1", port: 0 }, () => undefined);
  expect([host, port > 0]).toEqual(["127.0.0.1", true]);
  await server.close();
});
