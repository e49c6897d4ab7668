import fc from "fast-check";
import { expect, test } from "vitest";
import { addressNumber, isInNetwork, isPrivateAddress, linkNetworksOf } from "./link-networks.ts";

const entry = (address: string, family = "IPv4", netmask = "255.255.255.0") => ({ address, family, netmask });

test("one private IPv4 address of each interface counts", () => {
  const found = linkNetworksOf({
    lo: [entry("127.0.0.1"), entry("::1", "IPv6")],
    eth0: [entry("8.8.8.8"), entry("192.168.1.2"), entry("192.168.1.3")],
    wan: [entry("203.0.113.7")],
    tunnel: [entry("fe80::1", "IPv6")],
    gone: undefined,
  });
  expect(found.map(({ interfaceName, address }) => [interfaceName, address])).toEqual([
    ["lo", "127.0.0.1"],
    ["eth0", "192.168.1.2"],
  ]);
});

test("a program that listens at one address is in that network alone", () => {
  const interfaces = { eth0: [entry("192.168.1.2"), entry("192.168.1.3")], eth1: [entry("10.0.0.1")] };
  expect(linkNetworksOf(interfaces, "192.168.1.3").map(({ address }) => address)).toEqual(["192.168.1.3"]);
});

test("many interfaces do not open many sockets", () => {
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`veth${at}`, [entry(`10.0.${at & 255}.1`)]]));
  expect(linkNetworksOf(many)).toHaveLength(16);
});

test.each([
  ["10.255.255.255", true],
  ["11.0.0.0", false],
  ["172.15.255.255", false],
  ["172.31.0.1", true],
  ["192.168.0.1", true],
  ["169.254.1.1", true],
  ["100.64.0.1", true],
  ["100.128.0.0", false],
  ["127.0.0.1", true],
  ["0.0.0.0", false],
  ["255.255.255.255", false],
  ["224.0.0.251", false],
])("%s is private: %s", (address, isPrivate) => {
  expect(isPrivateAddress(address)).toBe(isPrivate);
});

test("a network holds the addresses that share its first bits", () => {
  const network = { interfaceName: "eth0", address: "192.168.4.1", netmask: "255.255.252.0" };
  expect(["192.168.4.0", "192.168.7.255", "192.168.8.0", "10.0.0.1"].map((one) => isInNetwork(one, network))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test("addresses are ordered as numbers", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 32 - 1), (value) => {
      const address = [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
      expect(addressNumber(address)).toBe(value);
    }),
  );
});
