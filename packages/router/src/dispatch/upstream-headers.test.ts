import { describe, expect, test } from "vitest";
import { forwardedHeaders, headerOf, relayedHeaders } from "./upstream-headers.ts";

/** Without the id of the request, which stands last. */
const forwarded = (raw: readonly string[]): readonly string[] => forwardedHeaders(raw, "id").slice(0, -2);

describe("a client's headers", () => {
  test("go to the node in their order and case, repeated ones, too", () => {
    const raw = [
      "User-Agent",
      "ollama/0.24",
      "ACCEPT",
      "*/*",
      "X-Custom",
      "1",
      "X-Custom",
      "2",
      "traceparent",
      "00-a-b-01",
    ];
    expect(forwarded(raw)).toEqual(raw);
  });

  test("are followed by the id of the request", () => {
    expect(forwardedHeaders(["X-Request-Id", "theirs", "A", "1"], "ours")).toEqual(["A", "1", "x-request-id", "ours"]);
  });

  test.each([
    "Connection",
    "Keep-Alive",
    "Proxy-Authorization",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "Host",
    "Accept-Encoding",
    "Content-Length",
    "Expect",
    "Origin",
    "Referer",
    "Cookie",
    "Authorization",
    "X-Api-Key",
    "Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Anything",
    "Sec-Fetch-Site",
    "X-Request-Id",
    "X-Herd-Tags",
    "X-Herd-Signature",
  ])("end with '%s' at the router, however it is written", (name) => {
    for (const written of [name, name.toLowerCase(), name.toUpperCase()]) {
      expect(forwarded([written, "x", "A", "1", written, "y"])).toEqual(["A", "1"]);
    }
  });
});

describe("a node's headers", () => {
  test("go to the client in their order and case", () => {
    const raw = ["Content-Type", "application/x-ndjson", "Date", "today", "Cache-Control", "no-cache", "X-Own", "1"];
    expect(relayedHeaders(raw)).toEqual(raw);
  });

  test.each([
    "Connection",
    "Keep-Alive",
    "Transfer-Encoding",
    "Trailer",
    "Upgrade",
    "Set-Cookie",
    "X-Herd-Gateway",
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Headers",
  ])("end with '%s' at the router", (name) => {
    for (const written of [name, name.toLowerCase()]) {
      expect(relayedHeaders([written, "x", "A", "1"])).toEqual(["A", "1"]);
    }
  });

  test.each(["X-Request-Id", "X-Fleet-Node", "X-Fleet-Anything", "X-Herd-Error"])(
    "never stand beside the router's own '%s'",
    (name) => {
      expect(relayedHeaders([name, "the node's", "A", "1"])).toEqual(["A", "1"]);
    },
  );
});

test("headers that the connection's own names end here, in both directions", () => {
  const raw = ["X-Hop", "1", "Connection", "keep-alive, X-HOP", "connection", "x-other", "X-Other", "2", "A", "3"];
  expect(forwarded(raw)).toEqual(["A", "3"]);
  expect(relayedHeaders(raw)).toEqual(["A", "3"]);
});

test("names beyond what is remembered are still judged rightly", () => {
  const many = Array.from({ length: 2000 }, (_, at) => [`X-Name-${at}`, "1"]).flat();
  expect(forwarded(many)).toEqual(many);
  expect(forwarded(["X-Herd-Late", "1", "x-forwarded-late", "2", "X-Fine", "3"])).toEqual(["X-Fine", "3"]);
});

test("a header is found whatever its case, its first value when it is repeated", () => {
  expect(headerOf(["Content-Type", "a", "content-type", "b"], "content-type")).toBe("a");
  expect(headerOf(["A", "1"], "b")).toBeUndefined();
});
