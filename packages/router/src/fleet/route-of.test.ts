import type { BackendReading } from "@herd/shared";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { routeOf } from "./route-of.ts";
import { makeHeartbeat, ORIGIN } from "./testing/heartbeats.ts";

const local = { ...ORIGIN, address: "127.0.0.1", isLocal: true };

const claiming = (ollamaHost: string | undefined) =>
  makeHeartbeat({ gateway: null, ...(ollamaHost === undefined ? {} : { ollama_host: ollamaHost }) });

describe("a node on the router's own machine", () => {
  test.each([
    [undefined, "http://127.0.0.1:11434"],
    ["http://localhost:12000", "http://127.0.0.1:12000"],
    ["http://127.0.0.1:12000", "http://127.0.0.1:12000"],
    ["http://127.8.9.1:12000", "http://127.8.9.1:12000"],
    ["http://[::1]:12000", "http://[::1]:12000"],
    ["http://0.0.0.0:12000", "http://127.0.0.1:12000"],
    ["http://192.168.1.5:12000", "http://127.0.0.1:12000"],
    ["http://evil.example.com:12000", "http://127.0.0.1:12000"],
    ["http://127.0.0.1.evil.com:12000", "http://127.0.0.1:12000"],
    ["http://localhost", "http://127.0.0.1:80"],
    ["not a url", "http://127.0.0.1:11434"],
    ["ftp://localhost:1", "http://127.0.0.1:11434"],
  ])("that claims %s is reached at %s", (claimed, origin) => {
    expect(routeOf(local, claiming(claimed))).toEqual({ kind: "loopback", origin, prefix: "" });
  });

  test("is reached directly though it has a gateway", () => {
    const heartbeat = makeHeartbeat({ gateway: { port: 11_433 }, ollama_host: "http://localhost:11434" });
    expect(routeOf(local, heartbeat).kind).toBe("loopback");
  });
});

describe("a node on another machine", () => {
  test("with a gateway is reached through that, at the address it calls from", () => {
    const heartbeat = makeHeartbeat({
      gateway: { port: 11_433 },
      ollama_host: "http://10.0.0.1:1",
      lan_ip: "10.0.0.1",
    });
    expect(routeOf(ORIGIN, heartbeat)).toEqual({
      kind: "gateway",
      origin: "http://192.168.1.20:11433",
      prefix: "/ollama",
    });
  });

  test("names the path on its gateway", () => {
    const backends: BackendReading[] = [
      { kind: "openai-compatible", path: "/vllm", version: "", models: [], is_reachable: true },
      { kind: "ollama", path: "/ollama-2", version: "", models: [], is_reachable: true },
    ];
    const heartbeat = makeHeartbeat({ gateway: { port: 11_433 }, backends });
    expect(routeOf(ORIGIN, heartbeat).prefix).toBe("/ollama-2");
  });

  test("of the predecessor is reached at the port it names", () => {
    expect(routeOf(ORIGIN, claiming("http://10.0.0.1:12000"))).toEqual({
      kind: "direct",
      origin: "http://192.168.1.20:12000",
      prefix: "",
    });
    expect(routeOf(ORIGIN, makeHeartbeat({ gateway: null })).origin).toBe("http://192.168.1.20:11434");
  });

  test("with an IPv6 address is reached at that", () => {
    expect(routeOf({ ...ORIGIN, address: "fd00::7" }, claiming("http://x:12000")).origin).toBe(
      "http://[fd00::7]:12000",
    );
  });

  test("never leads anywhere but to the address it calls from, whatever it claims", () => {
    const claims = fc.oneof(fc.webUrl(), fc.string(), fc.webUrl({ validSchemes: ["http", "https", "ftp"] }), fc.ipV6());
    const ports = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });
    fc.assert(
      fc.property(claims, claims, ports, (host, lanIp, port) => {
        const gateway = port === undefined ? null : { port };
        const { origin } = routeOf(ORIGIN, makeHeartbeat({ ollama_host: host, lan_ip: lanIp, gateway }));
        const url = new URL(origin);
        expect([url.hostname, url.username, url.pathname, url.search]).toEqual(["192.168.1.20", "", "/", ""]);
        const own = new URL(routeOf(local, makeHeartbeat({ ollama_host: host })).origin);
        expect(own.hostname).toMatch(/^(127\.\d+\.\d+\.\d+|\[::1\])$/);
      }),
    );
  });
});
