import { isIPv4 } from "node:net";
import { expect, test } from "vitest";
import { createLanAddressProbe } from "./network.ts";

test("the address is the one this machine has towards the target", async () => {
  expect(await createLanAddressProbe("127.0.0.1")()).toBe("127.0.0.1");
});

test("without a route there is no reading, with one it is an IPv4 address", async () => {
  const address = await createLanAddressProbe()();
  expect(address === undefined || isIPv4(address)).toBe(true);
});
