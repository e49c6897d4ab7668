import { expect, test } from "vitest";
import { isPublicAddress } from "./public-address.ts";

test.each(["8.8.4.4", "172.32.0.1", "100.128.0.1", "2a00:1450::1"])(
  "%s can be addressed from the internet",
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each([
  "127.0.0.1",
  "10.1.2.3",
  "172.31.0.1",
  "192.168.0.4",
  "100.64.0.1",
  "169.254.1.1",
  "192.0.2.2",
  "203.0.113.9",
  "::1",
  "fe80::1%eth0",
  "fd00::1",
  "2001:db8::1",
])("%s cannot", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});
