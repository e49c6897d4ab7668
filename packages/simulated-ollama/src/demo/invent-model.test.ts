import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inventModel } from "./invent-model.ts";

describe("a pull in the demo", () => {
  test.each([
    ["codestral:latest", "demo-codestral:latest", ["22.2B", "completion", "tools"]],
    ["qwen3:8b", "demo-qwen3:8b", ["8.2B", "completion", "tools", "thinking"]],
    ["hf.co/somebody/New-Model-3B-GGUF:Q4_K_M", "demo-New-Model-3B-GGUF:Q4_K_M", ["3B", "completion", "tools"]],
    ["demo-vision", "demo-vision", ["4.3B", "completion", "vision"]],
    ["some-embedder:0.5b", "demo-some-embedder:0.5b", ["0.5B", "embedding"]],
    ["constructor", "demo-constructor", ["7B", "completion", "tools"]],
  ])("of %s brings %s", (asked, name, [parameterSize, ...capabilities]) => {
    const { model, notice } = inventModel(asked);
    expect(model).toMatchObject({ name, parameterSize, capabilities });
    expect(notice).toMatch(/demo.*nothing is downloaded/);
    expect(notice).toContain(name);
  });

  test("brings something that a machine can hold, under a name of the demo, whatever is asked", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."abB019.-_:/"), minLength: 1, maxLength: 30 }), (asked) => {
        const { model } = inventModel(asked);
        expect(model.name.startsWith("demo-")).toBe(true);
        expect(model.sizeBytes).toBeGreaterThan(0);
        expect(model.sizeBytes).toBeLessThanOrEqual(24e9);
      }),
    );
  });
});
