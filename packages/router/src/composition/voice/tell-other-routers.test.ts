import { createSocket } from "node:dgram";
import { once } from "node:events";
import { networkInterfaces } from "node:os";
import { Advertiser, linkNetworksOf, nameOf } from "@herd/shared/mdns";
import { expect, onTestFinished, test } from "vitest";
import { createRootLogger } from "../../log/create-logs.ts";
import { tellOtherRouters } from "./tell-other-routers.ts";

const type = "_fleet-manager._tcp.local.";

async function freePort(): Promise<number> {
  const socket = createSocket("udp4").bind(0);
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}

function announce(port: number, fleet: string): Advertiser {
  const advertiser = new Advertiser({
    advertisement: {
      name: `Router ${fleet}`,
      type: nameOf(type),
      host: [fleet, "local"],
      port: 1,
      texts: [`fleet=${fleet}`],
    },
    readNetworks: () => linkNetworksOf(networkInterfaces()),
    monotonic: () => performance.now(),
    random: () => 0,
    onNamed: () => undefined,
    onProblem: () => undefined,
    port,
  });
  onTestFinished(() => advertiser.withdraw());
  return advertiser;
}

test("each other router of the network is told once, and its own never", { timeout: 30_000 }, async () => {
  const lines: string[] = [];
  const log = createRootLogger([{ level: "INFO", write: (line) => lines.push(JSON.parse(line).msg) }], () => 0);
  const port = await freePort();
  announce(port, "own");
  onTestFinished(tellOtherRouters({ fleetId: "own", herdNode: "herd-node", type, log, port }));
  announce(port, "first");
  await expect.poll(() => lines, { timeout: 10_000 }).toHaveLength(1);
  announce(port, "second");
  await expect.poll(() => lines, { timeout: 10_000 }).toHaveLength(2);
  expect(lines).toEqual([expect.stringContaining('"Router first"'), expect.stringContaining('"Router second"')]);
});
