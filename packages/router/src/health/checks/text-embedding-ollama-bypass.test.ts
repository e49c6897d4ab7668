import { describe, expect, it } from "vitest";
import { foundIn, rowsOf, useOf } from "../testing/traffic-fixtures.ts";
import { textEmbeddingOllamaBypass } from "./text-embedding-ollama-bypass.ts";

describe("the check text_embedding_ollama_bypass", () => {
  it("finds embeddings that Ollama computed beside a server for them", () => {
    expect(
      foundIn(textEmbeddingOllamaBypass, {
        traffic: {
          embedders: new Map([["node-1", ["bge-small"]]]),
          uses: [useOf({ requests: 7 }, { kind: "embed" })],
          newest: rowsOf(1, { kind: "embed" }),
        },
      }),
    ).toMatchObject([
      { severity: "info", nodeId: "node-1", traces: ["r-1"], details: { requests: 7, offered: ["bge-small"] } },
    ]);
  });

  it("stays silent without such a server, for its own models, and on other nodes", () => {
    expect(
      foundIn(textEmbeddingOllamaBypass, { traffic: { uses: [useOf({ requests: 7 }, { kind: "embed" })] } }),
    ).toEqual([]);
    expect(
      foundIn(textEmbeddingOllamaBypass, {
        traffic: { embedders: new Map([["node-1", ["m:latest"]]]), uses: [useOf({ requests: 7 }, { kind: "embed" })] },
      }),
    ).toEqual([]);
    expect(
      foundIn(textEmbeddingOllamaBypass, {
        traffic: { embedders: new Map([["node-2", ["bge-small"]]]), uses: [useOf({ requests: 7 }, { kind: "embed" })] },
      }),
    ).toEqual([]);
  });
});
