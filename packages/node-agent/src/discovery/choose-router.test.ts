import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ChoiceSituation, chooseRouter } from "./choose-router.ts";
import type { RouterSighting } from "./router-sighting.ts";

const url = fc.integer({ min: 1, max: 9 }).map((host) => `http://10.0.0.${host}:11435`);
const router: fc.Arbitrary<RouterSighting> = fc.record({
  name: fc.constantFrom("Router", "Router (2)", "Router (3)"),
  host: fc.constantFrom("", "studio"),
  fleetId: fc.option(fc.constantFrom("a".repeat(16), "b".repeat(16), "c".repeat(16)), { nil: undefined }),
  urls: fc.uniqueArray(url, { minLength: 1, maxLength: 3 }),
  isOnThisMachine: fc.boolean(),
});
const routers = fc.array(router, { maxLength: 6 });
const home = fc.record({ fleetId: fc.constantFrom("a".repeat(16), "d".repeat(16)), url });
const failures = fc.dictionary(url, fc.nat(3)).map((counts) => new Map(Object.entries(counts)));
const situation: fc.Arbitrary<ChoiceSituation> = fc.record({
  routers,
  home: fc.option(home, { nil: undefined }),
  failures,
});

const seen = (over: Partial<RouterSighting> & { readonly host: string }): RouterSighting => ({
  name: "Router",
  fleetId: "b".repeat(16),
  urls: [`http://${over.host}:11435`],
  isOnThisMachine: false,
  ...over,
});
const choose = (list: readonly RouterSighting[], over: Partial<ChoiceSituation> = {}) =>
  chooseRouter({ routers: list, home: undefined, failures: new Map(), ...over });

describe("an agent that belongs to a fleet", () => {
  test("never chooses another one, whatever is announced", () => {
    fc.assert(
      fc.property(routers, home, failures, (list, own, failed) => {
        const choice = chooseRouter({ routers: list, home: own, failures: failed });
        if (choice.kind !== "chosen") throw new Error("it has an address to try, always");
        const ownUrls = list.filter(({ fleetId }) => fleetId === own.fleetId).flatMap(({ urls }) => urls);
        expect([...ownUrls, own.url]).toContain(choice.url);
        expect(choice.others.every(({ fleetId }) => fleetId !== own.fleetId)).toBe(true);
      }),
    );
  });

  test("goes where its router is announced now, and tries the old address again when that fails", () => {
    const own = { fleetId: "b".repeat(16), url: "http://10.0.0.1:11435" };
    const list = [seen({ host: "10.0.0.5" })];
    expect(choose(list, { home: own })).toMatchObject({ url: "http://10.0.0.5:11435", reason: "home" });
    const failed = new Map([["http://10.0.0.5:11435", 1]]);
    expect(choose(list, { home: own, failures: failed })).toMatchObject({ url: own.url });
    expect(choose([], { home: own })).toMatchObject({ kind: "chosen", url: own.url, sighting: undefined });
  });
});

describe("a new agent", () => {
  test("chooses the same router whatever the order in which it heard them", () => {
    fc.assert(
      fc.property(situation, fc.infiniteStream(fc.nat()), (given, stream) => {
        const shuffled = given.routers.toSorted(() => (Number(stream.next().value) % 3) - 1);
        const [one, other] = [chooseRouter(given), chooseRouter({ ...given, routers: shuffled })];
        expect(one.kind === "chosen" && one.url).toEqual(other.kind === "chosen" && other.url);
      }),
    );
  });

  test("chooses whenever there is a router, and names all the others", () => {
    fc.assert(
      fc.property(routers, failures, (list, failed) => {
        const choice = chooseRouter({ routers: list, home: undefined, failures: failed });
        expect(choice.kind).toBe(list.length === 0 ? "none" : "chosen");
        if (choice.kind === "chosen") expect(choice.others).toHaveLength(list.length - 1);
      }),
    );
  });

  test("takes the lowest fleet id, wherever that is", () => {
    const list = [seen({ host: "10.0.0.1", fleetId: "c".repeat(16) }), seen({ host: "10.0.0.9" })];
    expect(choose(list)).toMatchObject({ url: "http://10.0.0.9:11435", reason: "lowest" });
  });

  test("prefers the router of its machine", () => {
    const list = [
      seen({ host: "10.0.0.1", fleetId: "a".repeat(16) }),
      seen({ host: "10.0.0.9", isOnThisMachine: true }),
    ];
    expect(choose(list)).toMatchObject({ url: "http://10.0.0.9:11435", reason: "own-machine" });
  });

  test("prefers a router with a key to one of the predecessor, which it takes when that is all there is", () => {
    const old = seen({ host: "10.0.0.1", fleetId: undefined });
    expect(choose([old, seen({ host: "10.0.0.2" })])).toMatchObject({ url: "http://10.0.0.2:11435", reason: "newer" });
    expect(choose([old])).toMatchObject({ url: "http://10.0.0.1:11435", reason: "only" });
  });

  test("leaves out one that does not answer", () => {
    const list = [seen({ host: "10.0.0.1", fleetId: "a".repeat(16) }), seen({ host: "10.0.0.2" })];
    const failed = new Map([["http://10.0.0.1:11435", 1]]);
    expect(choose(list, { failures: failed })).toMatchObject({ url: "http://10.0.0.2:11435", reason: "answering" });
  });

  test("finds nothing where nothing is", () => {
    expect(choose([])).toEqual({ kind: "none" });
  });
});
