import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { type AccessRequest, checkAccess } from "./access.ts";
import { createOriginRule } from "./origins.ts";

const place = { address: "127.0.0.1", hostname: hostname(), origins: createOriginRule([]) };
const request: AccessRequest = { method: "GET", origin: undefined, host: "127.0.0.1:11434", allow: [] };

/** The status of an answer given here, or `pass`. */
function verdict(more: Partial<AccessRequest>, where = place): number | "pass" {
  const access = checkAccess({ ...request, ...more }, where);
  return access.kind === "pass" ? "pass" : access.answer.status;
}

describe("the Host rule of a loopback port", () => {
  test.each([
    "127.0.0.1:11434",
    "localhost",
    "LOCALHOST:1",
    "",
    `${hostname()}:1`,
    "box.local",
    "host.docker.internal:11434",
    "a.localhost",
    "10.1.2.3",
    "172.31.0.1:80",
    "192.168.1.20",
    "0.0.0.0:1",
    "[::1]:11434",
    "::1",
    "[fd00::1]:1",
    "127.8.8.8",
  ])("lets %j in", (host) => {
    expect(verdict({ host })).toBe("pass");
  });

  test.each([
    "evil.com",
    "node2:11434",
    "localhost.evil.com",
    "local",
    "8.8.8.8:11434",
    "172.32.0.1",
    "[::1]",
    "127.0.0.1.nip.io",
    "300.1.1.1",
  ])("refuses %j with an empty 403", (host) => {
    expect(checkAccess({ ...request, host }, place)).toEqual({
      kind: "answer",
      answer: { status: 403, headers: [], body: "" },
    });
  });

  test("is not there on another address", () => {
    expect(verdict({ host: "evil.com" }, { ...place, address: "0.0.0.0" })).toBe("pass");
    expect(verdict({ host: "evil.com" }, { ...place, address: "192.168.1.5" })).toBe("pass");
  });

  test("answers OPTIONS itself for a name, and leaves it to the routes for an address", () => {
    expect(verdict({ method: "OPTIONS", host: "localhost:11434" })).toBe(204);
    expect(verdict({ method: "OPTIONS" })).toBe("pass");
  });
});

describe("the Origin rule", () => {
  test.each([
    "",
    "http://localhost",
    "http://localhost:3000",
    "https://127.0.0.1:8",
    "http://0.0.0.0:9",
    "app://obsidian.md",
    "file://",
    "tauri://localhost",
    "vscode-webview://a",
    "vscode-file://a",
    "http://127.0.0.1:11434",
  ])("lets %j in", (origin) => {
    expect(verdict({ origin })).toBe("pass");
  });

  test.each([
    "null",
    "https://app.example.com",
    "chrome-extension://abc",
    "http://localhost.evil.com",
    "http://[::1]:3000",
    "HTTP://LOCALHOST",
    "*",
  ])("refuses %j", (origin) => {
    expect([verdict({ origin }), verdict({ origin, method: "OPTIONS" })]).toEqual([403, 403]);
  });

  test("lets in what OLLAMA_ORIGINS adds", () => {
    const origins = createOriginRule(["https://*.example.com", "chrome-extension://*", "http://Exact.test"]);
    const where = { ...place, origins };
    for (const origin of [
      "https://a.example.com",
      "chrome-extension://abc",
      "http://exact.test",
      "http://localhost:1",
    ]) {
      expect(verdict({ origin }, where)).toBe("pass");
    }
    for (const origin of ["http://a.example.com", "https://example.com", "null"]) {
      expect(verdict({ origin }, where)).toBe(403);
    }
  });

  test("names the origin, or nobody when all may", () => {
    const all = { ...place, origins: createOriginRule(["*"]) };
    const headersFor = (where: typeof place, method: string) => {
      const access = checkAccess({ ...request, method, origin: "http://localhost:1" }, where);
      const headers = access.kind === "pass" ? access.headers : access.answer.headers;
      return headers.filter(([name]) => /origin|vary/i.test(name)).map((header) => header.join(": "));
    };
    expect(headersFor(place, "GET")).toEqual(["Access-Control-Allow-Origin: http://localhost:1", "Vary: Origin"]);
    expect(headersFor(place, "OPTIONS")).toHaveLength(4);
    expect(headersFor(all, "GET")).toEqual(["Access-Control-Allow-Origin: *"]);
    expect(headersFor(all, "OPTIONS")).toEqual(["Access-Control-Allow-Origin: *"]);
    expect(verdict({ origin: "null" }, all)).toBe("pass");
  });

  test("comes before that of the Host, whose refusal keeps its headers", () => {
    expect(verdict({ origin: "http://evil.com", host: "evil.test" })).toBe(403);
    expect(checkAccess({ ...request, origin: "http://localhost:1", host: "evil.test" }, place)).toMatchObject({
      answer: {
        status: 403,
        headers: [
          ["Access-Control-Allow-Origin", "http://localhost:1"],
          ["Vary", "Origin"],
        ],
      },
    });
  });

  test.each(["example.com", "https://*.a.*"])("does not take %j, with which Ollama does not start", (origin) => {
    expect(() => createOriginRule([origin])).toThrow(origin);
  });
});
