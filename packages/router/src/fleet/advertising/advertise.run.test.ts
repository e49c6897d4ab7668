import { createIdentity, fleetIdOf } from "@herd/shared/link";
import { type LinkNetwork, nameOf, openBrowser } from "@herd/shared/mdns";
import { expect, test } from "vitest";
import { startAdvertising } from "./advertise.run.ts";

const loopback: LinkNetwork = { interfaceName: "lo", address: "127.0.0.1", netmask: "255.0.0.0" };

test("a router is announced with its fleet, told in the log, and taken back", async () => {
  const lines: string[] = [];
  const tell = (_facts: object, sentence: string): void => void lines.push(sentence);
  // A type of its own, on loopback alone: nobody else hears of it.
  const type = `_herd-${process.pid}._tcp.local.`;
  const { publicKey } = createIdentity();
  const browser = openBrowser({
    type: nameOf(type),
    readNetworks: () => [loopback],
    onHeard: () => undefined,
    onProblem: ({ error }) => lines.push(error.message),
    monotonic: () => performance.now(),
  });
  const log = { info: tell, warn: tell };
  const router = startAdvertising({ name: "Router", type, address: "127.0.0.1", port: 4711, publicKey, log });
  await expect.poll(() => browser.seen(), { timeout: 10_000 }).toMatchObject([{ name: "Router", port: 4711 }]);
  expect(browser.seen()[0]?.texts.get("fleet")).toBe(fleetIdOf(publicKey));
  expect(lines).toEqual(['announced by mDNS as "Router": agents on this network find it']);
  await router.withdraw();
  await expect.poll(() => browser.seen(), { timeout: 10_000 }).toEqual([]);
  browser.close();
});
