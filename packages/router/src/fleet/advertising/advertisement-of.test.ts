import { expect, test } from "vitest";
import { advertisementOf, isBeyondLoopback, isEverywhere } from "./advertisement-of.ts";

const facts = {
  name: "Fleet Manager Router",
  type: "_fleet-manager._tcp.local.",
  port: 11_435,
  fleetId: "0123456789abcdef",
  hostName: "studio.example.com",
};

test("a router says what the predecessor's said, and what the choice among routers needs", () => {
  expect(advertisementOf(facts)).toEqual({
    name: "Fleet Manager Router",
    type: ["_fleet-manager", "_tcp", "local"],
    host: ["studio-01234567", "local"],
    port: 11_435,
    texts: ["version=0.1.0", "fleet=0123456789abcdef", "host=studio.example.com", "protocol=1"],
  });
});

test.each(["", "Zoë’s Mac", "x".repeat(200)])("the machine's name %j becomes a label", (hostName) => {
  const [label = "", ...rest] = advertisementOf({ ...facts, hostName }).host;
  expect([/^[A-Za-z0-9-]{1,63}$/.test(label), rest]).toEqual([true, ["local"]]);
});

test("a long name is cut to what a label holds", () => {
  expect(Buffer.byteLength(advertisementOf({ ...facts, name: "ü".repeat(63) }).name)).toBeLessThanOrEqual(63);
});

test("listening everywhere, at one address and at loopback are told apart", () => {
  expect(["0.0.0.0", "::", "10.0.0.1"].map(isEverywhere)).toEqual([true, true, false]);
  expect(["0.0.0.0", "10.0.0.1", "127.0.0.1", "::1"].map(isBeyondLoopback)).toEqual([true, true, false, false]);
});
