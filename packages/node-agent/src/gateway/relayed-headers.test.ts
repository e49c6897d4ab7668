import { expect, test } from "vitest";
import { toBackend, toRouter } from "./relayed-headers.ts";

test("the backend gets its own host and everything but headers of the connection, the link and browsers", () => {
  const incoming = [
    ["Host", "10.0.0.5:11433"],
    ["Content-Type", "application/json"],
    ["X-Two", "a"],
    ["x-two", "b"],
    ["Connection", "keep-alive, X-Hop"],
    ["X-Hop", "1"],
    ["Transfer-Encoding", "chunked"],
    ["Expect", "100-continue"],
    ["Origin", "http://evil.example"],
    ["Referer", "http://evil.example/page"],
    ["Sec-Fetch-Mode", "cors"],
    ["X-Herd-Time", "1"],
    ["X-Herd-Nonce", "n"],
    ["X-Herd-Signature", "s"],
    ["X-Herd-Key", "k"],
    ["User-Agent", "ollama-js/0.6"],
    ["Content-Length", "12"],
  ].flat();
  expect(toBackend(incoming, "127.0.0.1:11434")).toEqual([
    "Host",
    "127.0.0.1:11434",
    "Content-Type",
    "application/json",
    "X-Two",
    "a",
    "x-two",
    "b",
    "User-Agent",
    "ollama-js/0.6",
    "Content-Length",
    "12",
  ]);
});

test("the router gets the backend's headers in their order and spelling, without a mark that only the gateway sets", () => {
  const answer = [
    "Date",
    "Thu, 01 Jan 2026 00:00:00 GMT",
    "X-Herd-Gateway",
    "refused",
    "Connection",
    "close",
    "ETag",
    "x",
  ];
  expect(toRouter(answer)).toEqual(["Date", "Thu, 01 Jan 2026 00:00:00 GMT", "ETag", "x"]);
});
