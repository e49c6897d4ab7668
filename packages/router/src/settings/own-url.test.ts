import { expect, test } from "vitest";
import { ownUrl } from "./own-url.ts";

test.each([
  ["0.0.0.0", "http://127.0.0.1:1"],
  ["::", "http://127.0.0.1:1"],
  ["::1", "http://[::1]:1"],
  ["localhost", "http://localhost:1"],
  ["192.168.1.5", "http://192.168.1.5:1"],
])("a router that listens on %s is reached at %s from its own machine", (host, url) => {
  expect(ownUrl({ host, port: 1 })).toBe(url);
});
