import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readAgentOllama } from "./agent-ollama.ts";

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "herd-agent-ollama-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const read = (env: Readonly<Record<string, string>> = {}) => readAgentOllama({ env, homeDir: "/nonexistent" }, dataDir);

test("Ollama is expected at its usual place, unless the agent's own settings say otherwise", () => {
  expect(read()).toBe("http://localhost:11434");
  writeFileSync(join(dataDir, "config.json"), '{"node":{"ollama_host":"http://127.0.0.1:4000"},"port":1}');
  expect(read()).toBe("http://127.0.0.1:4000");
  writeFileSync(join(dataDir, "env"), "FLEET_NODE_OLLAMA_HOST=http://127.0.0.1:4001\n");
  expect(read()).toBe("http://127.0.0.1:4001");
  expect(read({ FLEET_NODE_OLLAMA_HOST: "127.0.0.1:4002", OLLAMA_HOST: "router:11435" })).toBe("http://127.0.0.1:4002");
});

test("what is wrong with those settings is the agent's to tell", () => {
  writeFileSync(join(dataDir, "config.json"), "{");
  expect(read({ FLEET_NODE_OLLAMA_HOST: "not a url", FLEET_NODE_NONSENSE: "1" })).toBe("http://localhost:11434");
});
