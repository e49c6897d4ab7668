import { createIdentity, fleetIdOf } from "@herd/shared/link";
import type { SeenInstance } from "@herd/shared/mdns";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Delivery } from "../agent/delivery.ts";
import type { RememberedFleet } from "./home-fleet-file.ts";
import { RouterFinder } from "./router-finder.ts";

const keys = { own: createIdentity().publicKey, other: createIdentity().publicKey };
const accepted: Delivery = { kind: "accepted", reply: { status: "ok" }, isLegacy: false };
const failed: Delivery = { kind: "failed", reason: "ECONNREFUSED" };
const networks = [{ interfaceName: "eth0", address: "10.0.0.20", netmask: "255.255.255.0" }];

let seen: SeenInstance[];
let home: RememberedFleet | undefined;
let told: string[];
let moves: number;
let questions: number;
let hear: () => void;
let finder: RouterFinder;

const router = (host: number, key: string | undefined, over: Partial<SeenInstance> = {}): SeenInstance => ({
  name: `Router ${host}`,
  port: 11_435,
  addresses: [`10.0.0.${host}`],
  texts: new Map(key === undefined ? [] : [["fleet", fleetIdOf(key)]]),
  ...over,
});
const at = (host: number): string => `http://10.0.0.${host}:11435`;

function start(): void {
  const tell = (_facts: object, sentence: string): void => void told.push(sentence);
  finder = new RouterFinder({
    memory: {
      home: () => home,
      keep: (publicKey, url) => {
        home = { publicKey, url, fleetId: fleetIdOf(publicKey) };
      },
    },
    log: { info: tell, warn: tell },
    readNetworks: () => networks,
    lookOut: (onHeard) => {
      hear = onHeard;
      const ask = (): void => {
        questions += 1;
      };
      return { seen: () => seen, ask, close: () => undefined };
    },
    onMove: () => {
      moves += 1;
    },
    monotonic: () => performance.now(),
  });
}
function announce(...routers: readonly SeenInstance[]): void {
  seen = [...routers];
  hear();
}
/** A heartbeat to where the finder leads, and its end. */
function beat(delivery: Delivery, key?: string): void {
  const url = finder.url() ?? "";
  if (delivery.kind === "accepted") finder.onAccepted(key);
  finder.noteDelivery(delivery, url);
}
const wait = (ms: number) => vi.advanceTimersByTime(ms);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  [seen, told, home, moves, questions] = [[], [], undefined, 0, 0];
});
afterEach(() => {
  finder.close();
  vi.useRealTimers();
});

describe("a finder", () => {
  test("asks again and again, more and more seldom, and tells its owner now and then", () => {
    start();
    wait(15_000);
    expect(questions).toBe(4);
    wait(585_000);
    expect(questions).toBeLessThan(50);
    expect(told.length).toBeGreaterThan(2);
    expect(told.length).toBeLessThan(10);
    expect(told[0]).toMatch(/No router found by mDNS for \d+ s, still looking\. Fix: .*--router-url/);
  });

  test("collects for a second before it chooses, and then does not change its mind", () => {
    start();
    const list = [router(1, keys.own), router(2, keys.other)].toSorted((a, b) =>
      (a.texts.get("fleet") ?? "") < (b.texts.get("fleet") ?? "") ? 1 : -1,
    );
    announce(list[0] as SeenInstance);
    wait(500);
    expect(finder.url()).toBeUndefined();
    announce(...list);
    wait(600);
    const [lowest] = list[1]?.addresses ?? [];
    expect(finder.url()).toBe(`http://${lowest}:11435`);
    expect(told).toEqual([
      expect.stringMatching(/^2 routers found by mDNS\. Joining .* since its fleet id is the lowest/),
    ]);
    beat(accepted, keys.own);
    announce(list[0] as SeenInstance);
    expect(finder.url()).toBe(`http://${lowest}:11435`);
  });

  test("never leaves a router that answers, and looks for its own alone when that is away", () => {
    start();
    announce(router(1, keys.own));
    wait(1_100);
    beat(accepted, keys.own);
    announce(router(2, keys.other));
    expect([finder.url(), moves]).toEqual([at(1), 1]);
    for (let count = 0; count < 20; count += 1) {
      beat(failed);
      wait(5_000);
      expect(finder.url()).toBe(at(1));
    }
    expect(told.at(-1)).toMatch(
      /fleet \(last at .*\) does not answer .* no other fleet is joined by itself\. Also there: "Router 2"/,
    );
    announce(router(2, keys.other), router(7, keys.own));
    expect(finder.url()).toBe(at(7));
  });

  test("has a heartbeat sent at once when its router gives another address, and follows only if the old one fails", () => {
    start();
    announce(router(1, keys.own));
    wait(1_100);
    beat(accepted, keys.own);
    announce(router(5, keys.own));
    expect([finder.url(), moves]).toEqual([at(1), 2]);
    announce(router(5, keys.own));
    expect(moves).toBe(2);
    beat(failed);
    expect([finder.url(), moves]).toEqual([at(5), 3]);
    expect(told.at(-1)).toMatch(/found again by mDNS: "Router 5" at http:\/\/10\.0\.0\.5/);
  });

  test("after a restart goes to its router's last address before anything is heard", () => {
    home = { publicKey: keys.own, url: at(3), fleetId: fleetIdOf(keys.own) };
    start();
    expect(finder.url()).toBe(at(3));
    beat(failed);
    announce(router(4, keys.own));
    expect(finder.url()).toBe(at(4));
  });

  test("objects to a router that has not the key of its fleet, or not the announced one", () => {
    home = { publicKey: keys.own, url: at(3), fleetId: fleetIdOf(keys.own) };
    start();
    expect(finder.objectionTo(keys.own)).toBeUndefined();
    expect(finder.objectionTo(keys.other)).toMatch(/not the one of this machine's fleet/);
    expect(finder.objectionTo(undefined)).toMatch(/not the one of this machine's fleet/);
    finder.close();
    home = undefined;
    start();
    announce(router(1, keys.own));
    wait(1_100);
    expect(finder.objectionTo(keys.own)).toBeUndefined();
    expect(finder.objectionTo(keys.other)).toMatch(/not the one that was announced/);
    expect(finder.objectionTo(undefined)).toMatch(/not the one that was announced/);
  });

  test("is not kept from a router by somebody who announces another fleet at its address", () => {
    start();
    const forged = router(1, undefined, { name: "Forged", texts: new Map([["fleet", "0".repeat(16)]]) });
    announce(forged, router(1, keys.own));
    wait(1_100);
    expect(finder.url()).toBe(at(1));
    expect(finder.objectionTo(keys.own)).toBeUndefined();
    expect(finder.objectionTo(keys.other)).toMatch(/not the one that was announced/);
  });

  test("of a new agent goes on to the next router where the first does not answer, but stays where it is refused with a reason", () => {
    start();
    announce(router(1, keys.own), router(2, keys.other));
    wait(1_100);
    const first = finder.url();
    const refused = { kind: "refused", status: 403, code: "HERD_NODE_KEY_MISMATCH", message: "" } as const;
    beat({ ...refused, field: undefined, hint: undefined });
    expect(finder.url()).toBe(first);
    beat(failed);
    expect(finder.url()).not.toBe(first);
  });

  test("waits a minute for a router of the predecessor before it chooses another", () => {
    start();
    announce(router(1, undefined));
    wait(1_100);
    beat(accepted);
    announce(router(1, undefined), router(2, keys.other));
    beat(failed);
    wait(30_000);
    beat(failed);
    expect(finder.url()).toBe(at(1));
    wait(40_000);
    beat(failed);
    expect(finder.url()).toBe(at(2));
  });

  test("says of a public address, once, that it is not used", () => {
    start();
    for (let count = 0; count < 100; count += 1) announce(router(1, keys.own, { addresses: ["8.8.8.8"] }));
    wait(5_000);
    expect([finder.url(), told]).toEqual([
      undefined,
      [expect.stringMatching(/announced at http:\/\/8\.8\.8\.8:11435, which is in no private network: it is not used/)],
    ]);
  });

  test("stays quiet in a flood of routers that come and go", () => {
    start();
    for (let count = 0; count < 2_000; count += 1) announce(router(count % 250, undefined, { name: `Flood ${count}` }));
    wait(2_000);
    for (let count = 0; count < 2_000; count += 1) beat(failed);
    expect(told.length).toBeLessThan(70);
  });
});
