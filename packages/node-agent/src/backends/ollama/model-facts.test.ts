import { availableModelFacts, fromGib, loadedModel } from "@herd/shared";
import fc from "fast-check";
import { expect, test } from "vitest";
import { inventoryOf, loadedModelOf, tellsTraits, traitsOfShow } from "./model-facts.ts";

test("sizes keep every byte", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 45 }), (size) => {
      const { sizes } = inventoryOf([{ name: "a:1", size, details: {} } as never], () => undefined);
      expect(fromGib(sizes["a:1"] ?? -1)).toBe(size);
    }),
  );
});

test("a model in memory has the wire's shape, and says nothing that Ollama did not", () => {
  const bare = loadedModelOf({ name: "a:1", details: {} } as never);
  expect(loadedModel.parse(bare)).toEqual(bare);
  expect(Object.keys(bare)).not.toContain("size_vram_gb");
  const full = loadedModelOf({
    name: "a:1",
    digest: "d",
    size: 2 ** 30,
    size_vram: 2 ** 29,
    expires_at: "2026-01-01T00:00:00Z",
    context_length: 4096,
    details: { parameter_size: "1B", quantization_level: "Q4_0" },
  } as never);
  expect(full).toMatchObject({
    size_gb: 1,
    size_vram_gb: 0.5,
    context_length: 4096,
    quantization: "Q4_0",
    digest: "d",
  });
});

test("the trained context stands under the architecture's name", () => {
  const show = {
    capabilities: ["completion"],
    model_info: { "general.architecture": "llama", "llama.context_length": 8192 },
  };
  expect(traitsOfShow(show)).toEqual({ capabilities: ["completion"], contextMax: 8192 });
  expect(traitsOfShow({ model_info: {} })).toEqual({ capabilities: undefined, contextMax: undefined });
});

test("a list that tells capabilities itself needs no further question; a model that runs elsewhere is marked", () => {
  const entry = {
    name: "big:cloud",
    remote_host: "https://ollama.com:443",
    capabilities: ["completion"],
    details: { context_length: 1000 },
  } as never;
  expect(tellsTraits(entry)).toBe(true);
  const { facts } = inventoryOf([entry], () => undefined);
  expect(facts["big:cloud"]).toEqual({
    capabilities: ["completion"],
    context_max: 1000,
    remote_host: "https://ollama.com:443",
  });
  expect(availableModelFacts.safeParse(facts["big:cloud"]).success).toBe(true);
});
