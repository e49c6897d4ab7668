import { createSocket } from "node:dgram";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Advertiser } from "./advertiser.ts";
import { type Browser, openBrowser } from "./browser.ts";
import { decodeMessage } from "./decode-message.ts";
import { messageOf, recordType } from "./dns-message.ts";
import { nameOf } from "./dns-name.ts";
import { encodeMessage } from "./encode-message.ts";
import type { LinkNetwork } from "./link-networks.ts";

const type = nameOf("_fleet-manager._tcp.local.");
const loopback: LinkNetwork = { interfaceName: "lo", address: "127.0.0.1", netmask: "255.0.0.0" };
const monotonic = () => performance.now();
const shared = { readNetworks: () => [loopback], monotonic };

let port: number;
let named: string[];
let problems: string[];
const advertisers: Advertiser[] = [];
const browsers: Browser[] = [];

beforeEach(async () => {
  port = await freePort();
  named = [];
  problems = [];
});
afterEach(async () => {
  await Promise.all(advertisers.splice(0).map((advertiser) => advertiser.withdraw()));
  for (const browser of browsers.splice(0)) browser.close();
});

function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  return new Promise((resolve) => {
    socket.bind(0, () => {
      const { port: free } = socket.address();
      socket.close(() => resolve(free));
    });
  });
}

function advertise(host: string, instancePort = 11_435): Advertiser {
  const advertiser = new Advertiser({
    ...shared,
    advertisement: { name: "Router", type, host: [host, "local"], port: instancePort, texts: ["version=0.1.0"] },
    port,
    random: () => 0,
    onNamed: (name) => named.push(name),
    onProblem: ({ error }) => problems.push(error.message),
  });
  advertisers.push(advertiser);
  return advertiser;
}

function browse(): Browser {
  const onProblem = ({ error }: { error: Error }) => problems.push(error.message);
  const browser = openBrowser({ ...shared, type, port, onHeard: () => undefined, onProblem });
  browsers.push(browser);
  return browser;
}
const names = (browser: Browser) => browser.seen().map(({ name }) => name);
const soon = { timeout: 10_000 };

describe("announcing on a network", () => {
  test("is heard by who listens, and its end, too", async () => {
    const browser = browse();
    const advertiser = advertise("a");
    await expect
      .poll(() => browser.seen(), soon)
      .toMatchObject([{ name: "Router", port: 11_435, addresses: ["127.0.0.1"] }]);
    await advertiser.withdraw();
    await expect.poll(() => browser.seen(), soon).toEqual([]);
    expect(problems).toEqual([]);
  });

  test("answers who asks later", async () => {
    advertise("a");
    await expect.poll(() => named, soon).toEqual(["Router"]);
    const late = browse();
    await expect.poll(() => names(late), soon).toEqual(["Router"]);
  });

  test("takes another name where one is taken: both are to be seen", async () => {
    const browser = browse();
    advertise("a");
    await expect.poll(() => named, soon).toEqual(["Router"]);
    advertise("b", 11_436);
    await expect.poll(() => names(browser).sort(), soon).toEqual(["Router", "Router (2)"]);
  });

  test("of two that start together, each gets a name of its own", async () => {
    const browser = browse();
    advertise("a");
    advertise("b");
    await expect.poll(() => names(browser).sort(), soon).toEqual(["Router", "Router (2)"]);
  });

  test("answers a simple asker directly, with the question, its number and a short life", async () => {
    advertise("a");
    await expect.poll(() => named, soon).toEqual(["Router"]);
    const asker = createSocket("udp4");
    const answered = new Promise<Uint8Array>((resolve) => asker.once("message", resolve));
    const question = messageOf({ id: 77, questions: [{ name: type, type: recordType.PTR }] });
    await new Promise<void>((resolve) => {
      asker.bind(0, "127.0.0.1", () => resolve());
    });
    asker.send(encodeMessage(question), port, "127.0.0.1");
    const answer = decodeMessage(await answered);
    asker.close();
    expect(answer).toMatchObject({ id: 77, isResponse: true, questions: question.questions });
    expect(answer?.answers.every(({ ttl, isFlush }) => ttl <= 10 && !isFlush)).toBe(true);
  });

  test("survives whatever is thrown at its port", async () => {
    const browser = browse();
    const attacker = createSocket("udp4");
    for (let size = 0; size < 64; size += 1) attacker.send(Buffer.alloc(size * 16, size * 7), port, "127.0.0.1");
    advertise("a");
    await expect.poll(() => names(browser), soon).toEqual(["Router"]);
    attacker.close();
  });

  test("where another program keeps the port to itself, that is told once", async () => {
    const greedy = createSocket("udp4");
    await new Promise<void>((resolve) => {
      greedy.bind(port, () => resolve());
    });
    advertise("a");
    await expect.poll(() => problems, soon).toEqual([expect.stringContaining("EADDRINUSE")]);
    greedy.close();
  });
});
