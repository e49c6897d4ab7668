import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { makeFacts } from "../../health/testing/make-facts.ts";
import { createPortWatch } from "./port-watch.ts";

const fleetAt = (port: number, kind: "gateway" | "loopback" = "gateway") => {
  const { fleet } = makeFacts();
  return {
    ...fleet,
    nodes: fleet.nodes.map((node) => ({
      ...node,
      backends: node.backends.map((backend) => ({
        ...backend,
        route: { kind, origin: `http://127.0.0.1:${port}`, prefix: "" },
      })),
    })),
  };
};

test("an open port is seen open, and refused once nobody listens there any more, not asked again before its time", async () => {
  const server = createServer((socket) => socket.end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  let now = 0;
  const watch = createPortWatch({ monotonic: () => now, connectTimeoutMs: () => 2_000 });
  const origin = `http://127.0.0.1:${port}`;
  watch.refresh(fleetAt(port));
  expect(watch.at(origin)).toBeUndefined();
  await watch.ready();
  expect(watch.at(origin)).toMatchObject({ place: `127.0.0.1:${port}`, failure: undefined });
  await new Promise((resolve) => server.close(resolve));
  now = 29_999;
  watch.refresh(fleetAt(port));
  await watch.ready();
  expect(watch.at(origin)?.failure).toBeUndefined();
  now = 30_000;
  watch.refresh(fleetAt(port));
  await watch.ready();
  expect(watch.at(origin)?.failure).toBe("ECONNREFUSED");
  watch.refresh({ ...fleetAt(port), nodes: [] });
  expect(watch.at(origin)).toBeUndefined();
});

test("the router's own machine is not knocked at, nor anything once it is closed", async () => {
  const watch = createPortWatch({ monotonic: () => 0, connectTimeoutMs: () => 2_000 });
  watch.refresh(fleetAt(1, "loopback"));
  await watch.ready();
  expect(watch.at("http://127.0.0.1:1")).toBeUndefined();
  watch.close();
  watch.refresh(fleetAt(1));
  await watch.ready();
  expect(watch.at("http://127.0.0.1:1")).toBeUndefined();
});
