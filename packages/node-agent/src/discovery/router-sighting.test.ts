import type { SeenInstance } from "@herd/shared/mdns";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sightingsOf } from "./router-sighting.ts";

const networks = [
  { interfaceName: "lo", address: "127.0.0.1", netmask: "255.0.0.0" },
  { interfaceName: "eth0", address: "192.168.1.20", netmask: "255.255.255.0" },
];
const instance = (over: Partial<SeenInstance> & { readonly facts?: Record<string, string> } = {}): SeenInstance => ({
  name: "Fleet Manager Router",
  port: 11_435,
  addresses: ["192.168.1.5"],
  texts: new Map(Object.entries(over.facts ?? { version: "0.1.0", fleet: "0123456789abcdef", host: "studio" })),
  ...over,
});
const routersOf = (...seen: readonly SeenInstance[]) => sightingsOf(seen, networks).routers;

describe("a router that is announced", () => {
  test("is seen with its fleet, its machine and its URL", () => {
    expect(routersOf(instance())).toEqual([
      {
        name: "Fleet Manager Router",
        host: "studio",
        fleetId: "0123456789abcdef",
        urls: ["http://192.168.1.5:11435"],
        isOnThisMachine: false,
      },
    ]);
  });

  test("with several addresses is tried at this machine first, then in an own network, then elsewhere", () => {
    const addresses = ["10.9.9.9", "192.168.1.5", "127.0.0.1"];
    expect(routersOf(instance({ addresses }))).toMatchObject([
      {
        urls: ["http://127.0.0.1:11435", "http://192.168.1.5:11435", "http://10.9.9.9:11435"],
        isOnThisMachine: true,
      },
    ]);
  });

  test("by the predecessor has no fleet", () => {
    expect(routersOf(instance({ facts: { version: "0.1.0" } }))[0]).toMatchObject({ fleetId: undefined, host: "" });
  });

  test.each(["", "xyz", "0123456789ABCDEF0", "../../etc", "0123456789abcdef\u001b[2J"])(
    "with the fleet id %j has none",
    (fleet) => {
      expect(routersOf(instance({ facts: { fleet } }))[0]?.fleetId).toBeUndefined();
    },
  );

  test.each([["8.8.8.8"], ["0.0.0.0"], ["255.255.255.255"], ["224.0.0.251"], ["203.0.113.1"]])(
    "at the public or absurd address %s leads nowhere",
    (address) => {
      const sightings = sightingsOf([instance({ addresses: [address] })], networks);
      expect(sightings).toEqual({ routers: [], publicUrls: [`http://${address}:11435`], unknownProtocols: [] });
    },
  );

  test("at a public and a private address is reached at the private one", () => {
    expect(routersOf(instance({ addresses: ["8.8.8.8", "192.168.1.5"] }))[0]?.urls).toEqual([
      "http://192.168.1.5:11435",
    ]);
  });

  test("with a link from the future is named, not used", () => {
    const sightings = sightingsOf([instance({ facts: { protocol: "2" } })], networks);
    expect(sightings).toEqual({ routers: [], publicUrls: [], unknownProtocols: ["Fleet Manager Router"] });
  });

  test("can neither write on the terminal what it likes, nor as much as it likes", () => {
    const name = fc.string({ unit: "binary", maxLength: 300 });
    fc.assert(
      fc.property(name, name, (text, host) => {
        const [router] = routersOf(instance({ name: text, facts: { host } }));
        for (const shown of [router?.name ?? "", router?.host ?? ""]) {
          expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
          expect(Array.from(shown).length).toBeLessThanOrEqual(64);
        }
        expect(router?.name).not.toBe("");
      }),
    );
  });
});
