import { createServer, type Server } from "node:net";
import { afterEach, expect, test } from "vitest";
import { findPortHolder } from "./find-port-holder.ts";

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
  "Linux names the process that listens on a port, with command line, age and environment",
  async () => {
    const port = await listen("127.0.0.1");
    const holder = await findPortHolder({ port, address: "127.0.0.1" });
    expect(holder?.pid).toBe(process.pid);
    expect(holder?.environment).toContain("PATH=");
    expect([holder?.program, holder?.command]).toEqual([
      expect.not.stringMatching(/^(MainThread)?$/),
      expect.stringContaining("node"),
    ]);
    expect(holder?.runningS).toBeCloseTo(process.uptime(), -1);
  },
);

test.skipIf(process.platform !== "linux")("a port of another address is not meant", async () => {
  const port = await listen("127.0.0.1");
  expect(await findPortHolder({ port, address: "127.0.0.2" })).toBeUndefined();
});

test("a system without such a table says nothing", async () => {
  expect(await findPortHolder({ port: 1, platform: "linux", procFolder: "/there/is/no/such/folder" })).toBeUndefined();
});

test("a system that is not known says nothing", async () => {
  expect(await findPortHolder({ port: 1, platform: "aix" })).toBeUndefined();
});
