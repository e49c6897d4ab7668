import { expect, test } from "vitest";
import { lookAtOllama } from "./look-at-ollama.ts";
import { startLookalike } from "./testing/start-lookalike.ts";

test("an Ollama is seen with its version, its models and what is in memory", async () => {
  const tags = { models: Array.from({ length: 1_000 }, (_, at) => ({ name: `model-${at}:${"x".repeat(80)}` })) };
  const ollama = await startLookalike({
    "/api/version": { version: "0.24.0" },
    "/api/tags": tags,
    "/api/ps": { models: [{ name: "smollm2:135m" }] },
  });
  expect(await lookAtOllama(ollama.origin, 2_000)).toEqual({
    kind: "ollama",
    version: "0.24.0",
    modelCount: 1_000,
    loaded: ["smollm2:135m"],
  });
  await ollama.close();
});

test("an Ollama without models is one, whichever way it says none", async () => {
  for (const models of [[], null]) {
    const ollama = await startLookalike({ "/api/tags": { models } });
    expect(await lookAtOllama(ollama.origin, 2_000)).toMatchObject({ kind: "ollama", modelCount: 0, loaded: [] });
    await ollama.close();
  }
});

test("another server is told apart from nobody", async () => {
  const other = await startLookalike({ "/": "hello" });
  expect(await lookAtOllama(other.origin, 2_000)).toEqual({ kind: "other" });
  await other.close();
  expect(await lookAtOllama(other.origin, 2_000)).toEqual({ kind: "nobody" });
});
