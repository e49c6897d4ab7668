import { createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { findPortHolder } from "./port-holder.ts";

let server: Server | undefined;
afterEach(() => server?.close());

const listen = (host: string): Promise<number> =>
  new Promise((resolve) => {
    server = createServer().listen(0, host, () => {
      const address = server?.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });

test.skipIf(process.platform !== "linux")(
  "Linux names the process that listens on a port, with its environment",
  async () => {
    const port = await listen("127.0.0.1");
    const holder = await findPortHolder({ port, address: "127.0.0.1" });
    expect(holder?.pid).toBe(process.pid);
    expect(holder?.environment).toContain("PATH=");
  },
);

test.skipIf(process.platform !== "linux")("a port of another address is not meant", async () => {
  const port = await listen("127.0.0.1");
  expect(await findPortHolder({ port, address: "127.0.0.2" })).toBeUndefined();
});

test("a system without such a table says nothing", async () => {
  expect(await findPortHolder({ port: 11434, procFolder: "/there/is/no/such/folder" })).toBeUndefined();
});
