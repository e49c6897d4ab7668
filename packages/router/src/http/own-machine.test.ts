import { hostname, networkInterfaces } from "node:os";
import { expect, test } from "vitest";
import { readOwnMachine } from "./own-machine.ts";

test("the machine knows its names and its addresses", () => {
  const machine = readOwnMachine(() => 0);
  expect(machine.names).toContain(hostname().toLowerCase());
  const addresses = Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).map(({ address }) => address),
  );
  for (const address of addresses) expect([address, machine.isOwnAddress(address)]).toEqual([address, true]);
});

test("every loopback address is its own, a foreign one is not", () => {
  const { isOwnAddress } = readOwnMachine(() => 0);
  expect(["127.0.0.1", "127.8.9.1", "::1"].map(isOwnAddress)).toEqual([true, true, true]);
  expect(["203.0.113.99", "2001:db8::99", "", "localhost"].map(isOwnAddress)).toEqual([false, false, false, false]);
});
