import { describe, expect, it } from "vitest";
import { foundIn } from "../testing/traffic-fixtures.ts";
import { nomicLoadedInOllama } from "./nomic-loaded-in-ollama.ts";

describe("the check nomic_loaded_in_ollama", () => {
  it("finds the model in Ollama beside a server for it", () => {
    expect(
      foundIn(nomicLoadedInOllama, {
        machines: [{ models: { "nomic-embed-text:latest": { loaded: {} } } }],
        traffic: { embedders: new Map([["node-1", ["nomic-embed-text-v1.5"]]]) },
      }),
    ).toMatchObject([
      {
        severity: "info",
        nodeId: "node-1",
        command: `curl -s http://localhost:11435/api/generate -H 'X-Herd-Node: node-1' -d '{"model":"nomic-embed-text:latest","keep_alive":0}'`,
      },
    ]);
  });

  it("stays silent without such a server, and when the model is only on disk", () => {
    expect(
      foundIn(nomicLoadedInOllama, { machines: [{ models: { "nomic-embed-text:latest": { loaded: {} } } }] }),
    ).toEqual([]);
    expect(
      foundIn(nomicLoadedInOllama, {
        machines: [{ models: { "nomic-embed-text:latest": {} } }],
        traffic: { embedders: new Map([["node-1", ["nomic-embed-text-v1.5"]]]) },
      }),
    ).toEqual([]);
  });
});
