import { expect, test } from "vitest";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { makeCandidate } from "../../scheduling/testing/make-view.ts";
import { backendWords, nodeWords } from "./node-words.ts";

const words = (node: Partial<NodeSnapshot>): string => nodeWords(makeCandidate("a", { node }).node);

test("a machine is told by its models, its memory that counts, and its address", () => {
  const gpu = { name: "RTX 4090", vram_total_gb: 24 };
  expect(words({ gpus: [gpu] })).toBe("1 model, 24 GB GPU, 192.168.1.20");
  expect(words({ gpus: [gpu, { name: "RTX 3060", vram_total_gb: 12 }] })).toBe(
    "1 model, 2 GPUs with 36 GB, 192.168.1.20",
  );
  expect(words({ gpus: [{ name: "Apple M2", vram_total_gb: 0 }] })).toBe("1 model, 32 GB memory, 192.168.1.20");
});

test("the router's own machine and agents of the predecessor are told as such", () => {
  const route = { kind: "loopback", origin: "http://127.0.0.1:11434", prefix: "" } as const;
  expect(nodeWords(makeCandidate("a", { backend: { route } }).node)).toBe("1 model, 32 GB memory, this machine");
  expect(words({ isLegacy: true })).toContain("agent of the predecessor, unsigned");
});

test("a version that a stranger made up cannot steer the terminal", () => {
  expect(backendWords(makeCandidate("a", { backend: { version: "1\u001b[2J" } }).backend)).toBe("Ollama 1�[2J");
});

test("further servers are named, a model that two backends have counts once, and an Ollama that is not there not at all", () => {
  const { node } = makeCandidate("a");
  const [ollama] = node.backends;
  if (ollama === undefined) throw new Error("no backend");
  const server = {
    ...ollama,
    id: "openai-8080",
    kind: "openai-compatible",
    software: "llama-server",
    version: "b1",
  } as const;
  expect(nodeWords({ ...node, backends: [ollama, server] })).toBe(
    "1 model, llama-server b1, 32 GB memory, 192.168.1.20",
  );
  const absent = { ...ollama, reachability: "unreachable", models: new Map() } as const;
  expect(nodeWords({ ...node, backends: [absent, server] })).toContain("1 model, llama-server b1");
  expect(nodeWords({ ...node, backends: [absent] })).toContain("no Ollama that answers");
});
