import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { backendUnreachable } from "./backend-unreachable.ts";

const silent = (models_available: readonly string[], more: object = {}) => ({
  nodes: [
    {
      heartbeat: {
        ollama: { models_loaded: [], models_available, reachable: false, error: "connect ECONNREFUSED" } as never,
        system: { platform: "darwin", release: "" },
        ...more,
      },
    },
  ],
});
const llama = { kind: "openai-compatible", path: "/llama", version: "", models: ["x"], is_reachable: true };

describe("the check backend_unreachable", () => {
  it("finds an Ollama that ended, with the reason and what starts it on that platform", () => {
    expect(foundBy(backendUnreachable, silent(["m:latest"]))).toMatchObject([
      {
        severity: "critical",
        description: expect.stringContaining("connect ECONNREFUSED"),
        command: "open -a Ollama",
        details: { models_known: 1 },
      },
    ]);
    expect(foundBy(backendUnreachable, silent([], { system: { platform: "linux", release: "" } }))).toMatchObject([
      { severity: "warning", command: "sudo systemctl start ollama" },
    ]);
  });

  it("is information where there never was an Ollama and the demo stands in for it", () => {
    const router = { showsDemo: true };
    expect(foundBy(backendUnreachable, { ...silent([]), router })).toMatchObject([{ severity: "info" }]);
    expect(foundBy(backendUnreachable, { ...silent(["m:latest"]), router })).toMatchObject([{ severity: "critical" }]);
  });

  it("finds what the router and the agent noted about servers", () => {
    const findings = [
      { id: "backend_unreachable/llama", text: "its llama-server cannot be used: refused", fix: "Start it there" },
      { id: "host_refused", text: "its Ollama refuses calls", fix: "Run herd-node" },
      { id: "clock_skew", text: "x", fix: "y" },
    ];
    expect(foundBy(backendUnreachable, { nodes: [{ snapshot: { findings } }] })).toMatchObject([
      { severity: "warning", subject: "backend_unreachable/llama", fix: "Start it there" },
      { severity: "critical", subject: "host_refused" },
    ]);
  });

  it("stays silent for a machine that lends another server and never had an Ollama, and for one that is off", () => {
    expect(foundBy(backendUnreachable, silent([], { backends: [llama] }))).toEqual([]);
    const off = silent(["m:latest"]).nodes.map((node) => ({ ...node, snapshot: { status: "offline" as const } }));
    expect(foundBy(backendUnreachable, { nodes: off })).toEqual([]);
    expect(foundBy(backendUnreachable)).toEqual([]);
  });
});
