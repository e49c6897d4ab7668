import { expect, test } from "vitest";
import { isLoopback, normaliseAddress } from "./addresses.ts";

test("one address has one spelling", () => {
  expect(normaliseAddress("::ffff:192.168.1.7")).toBe("192.168.1.7");
  expect(normaliseAddress("::FFFF:127.0.0.1")).toBe("127.0.0.1");
  expect(normaliseAddress("fe80::1%eth0")).toBe("fe80::1");
  expect(normaliseAddress(undefined)).toBeUndefined();
});

test("loopback is 127.0.0.0/8 and ::1", () => {
  expect(["127.0.0.1", "127.3.2.1", "::1"].every(isLoopback)).toBe(true);
  expect(["128.0.0.1", "10.0.0.1", "::", "fe80::1", "1127.0.0.1"].some(isLoopback)).toBe(false);
});
