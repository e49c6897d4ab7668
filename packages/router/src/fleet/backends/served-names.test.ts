import fc from "fast-check";
import { expect, test } from "vitest";
import { modelKeyOf } from "../../domain/model-name.ts";
import { servedNamesOf } from "./served-names.ts";

const namesOf = (...ids: readonly string[]) =>
  Object.fromEntries([...servedNamesOf(ids)].map(([id, { name }]) => [id, name]));

test.each([
  ["meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Llama-3.1-8B-Instruct:latest"],
  ["org/one:Q4_K_M", "org/one:Q4_K_M"],
  ["smollm2:135m", "smollm2:135m"],
  ["SmolLM2.Q4_1.gguf", "SmolLM2.Q4_1.gguf:latest"],
])("an id that Ollama would take for a name stays: %s", (id, name) => {
  expect(namesOf(id)).toEqual({ [id]: name });
});

test.each([
  ["/models/SmolLM2.Q4_1.gguf", "SmolLM2.Q4_1:latest"],
  ["../models/x.GGUF", "x:latest"],
  ["C:\\models\\My Model.gguf", "My-Model:latest"],
  ["/Users/me/models/Qwen3-4bit/", "Qwen3-4bit:latest"],
  ["My Model (Q4)", "My-Model-Q4-:latest"],
  ["/cache/hub/models--Qwen--Qwen2.5-7B/snapshots/0a1b2c", "Qwen/Qwen2.5-7B:latest"],
  ["模型", "model:latest"],
  ["/", "model:latest"],
])("an id that is no name gets one: %s", (id, name) => {
  expect(namesOf(id)).toEqual({ [id]: name });
});

test("names that would be alike get numbers, and an id that is a name keeps it", () => {
  expect(namesOf("/a/x.gguf", "/b/x.gguf", "x", "X")).toEqual({
    X: "X:latest",
    x: "x-4:latest",
    "/a/x.gguf": "x-2:latest",
    "/b/x.gguf": "x-3:latest",
  });
});

test("each id gets a name of its own that clients can ask for, whatever the order", () => {
  const id = fc.oneof(
    fc.string({ minLength: 1, maxLength: 100 }),
    fc.constantFrom("/a/x.gguf", "/b/x.gguf", "x", "X", "x-2", "x:cloud", "__proto__", "constructor"),
  );
  fc.assert(
    fc.property(fc.uniqueArray(id, { minLength: 1, maxLength: 8 }), (ids) => {
      const names = servedNamesOf(ids);
      expect(names.size).toBe(ids.length);
      expect(new Set([...names.values()].map(({ key }) => key)).size).toBe(ids.length);
      for (const { key, name } of names.values()) expect(modelKeyOf(name)).toBe(key);
      expect(namesOf(...ids.toReversed())).toEqual(namesOf(...ids));
    }),
  );
});
