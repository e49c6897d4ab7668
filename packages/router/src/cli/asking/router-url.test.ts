import { describe, expect, test } from "vitest";
import { parseRouterUrl } from "./router-url.ts";

describe("a router's address as people type it", () => {
  test.each([
    ["http://router:12000", "http://router:12000"],
    ["router", "http://router:11435"],
    ["http://router/", "http://router:11435"],
    ["192.168.1.10:12000", "http://192.168.1.10:12000"],
    ["[fd00::1]", "http://[fd00::1]:11435"],
    ["http://router:80", "http://router"],
    ["https://herd.example.com", "https://herd.example.com"],
  ])("%s is %s", (typed, url) => {
    expect(parseRouterUrl(typed)).toBe(url);
  });

  test.each(["", "ftp://router", "http://router/path", "http://user:secret@router", "two words", "router:99999"])(
    "%s is none",
    (typed) => {
      expect(parseRouterUrl(typed)).toBeUndefined();
    },
  );
});
