import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { startLookalike } from "./testing/start-lookalike.ts";
import { holderWords, whoHolds } from "./who-holds.ts";

const holder = { pid: 4711, program: "python3", command: "python3 -m http.server 11435", runningS: 7_300 };

describe("the holder of a port in words", () => {
  test("is what answers there, with process and age", () => {
    const server = { kind: "ollama", name: "Ollama", version: "0.24.0" } as const;
    expect(holderWords({ server, holder })).toBe("Ollama 0.24.0 (process 4711, running for 2 h)");
    expect(holderWords({ server, holder: undefined })).toBe("Ollama 0.24.0");
  });

  test("is its command line when nothing known answers", () => {
    expect(holderWords({ server: undefined, holder })).toBe(
      "python3 (process 4711, python3 -m http.server 11435, running for 2 h)",
    );
    const long = { ...holder, command: `python3 ${"x".repeat(100)}\u001b[2J`, runningS: undefined };
    expect(holderWords({ server: undefined, holder: long })).toMatch(/^python3 \(process 4711, python3 x{51}…\)$/);
  });

  test("is named more exactly by its process where several answer alike", () => {
    const server = { kind: "ollama-proxy", name: "a queue" } as const;
    expect(holderWords({ server, holder: { pid: 7, program: "ollamaMQ" } })).toBe("ollamaMQ (process 7)");
  });

  test("is admitted to be unknown when it belongs to another user and says nothing", () => {
    expect(holderWords({ server: undefined, holder: undefined })).toContain("does not say");
  });
});

describe("asking who has a port", () => {
  test("tells program and answers of a server, under every name of this machine", async () => {
    const lookalike = await startLookalike({ "/api/version": { herd_version: "0.11.4" } });
    for (const host of ["0.0.0.0", "127.0.0.1", "localhost"]) {
      const { server, holder: process_ } = await whoHolds({ port: lookalike.port, host });
      expect(server).toMatchObject({ kind: "herd-predecessor", version: "0.11.4" });
      if (process.platform === "linux") expect(process_?.pid).toBe(process.pid);
    }
    await lookalike.close();
  });

  test("tells the process of a server that speaks no HTTP", async () => {
    const server = createServer((socket) => socket.end("hello\n")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const found = await whoHolds({ port: (server.address() as AddressInfo).port, host: "0.0.0.0" });
    expect(found.server).toBeUndefined();
    server.close();
  });
});
