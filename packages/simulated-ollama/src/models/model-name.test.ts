import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cloudHint, modelKey, parseModelName, shortName } from "./model-name.ts";

const keyOf = (source: string) => {
  const name = parseModelName(source);
  return name === undefined ? undefined : modelKey(name);
};

describe("model names", () => {
  test.each([
    "smollm2:135m",
    "SMOLLM2:135M",
    "  smollm2:135m ",
    "library/smollm2:135m",
    "registry.ollama.ai/library/smollm2:135m",
    "https://registry.ollama.ai/library/smollm2:135m",
    "smollm2:135m:local",
  ])("%s is smollm2:135m", (source) => {
    expect(keyOf(source)).toBe("registry.ollama.ai/library/smollm2:135m");
  });

  test("a missing tag is latest", () => {
    expect(keyOf("smollm2")).toBe(keyOf("smollm2:latest"));
  });

  test.each(["", "a b//c", "a@sha256:0123", "/x", "x/"])("%j is no name", (source) => {
    expect(parseModelName(source)).toBeUndefined();
  });

  test("a short name means the same model as the name that it came from", () => {
    const part = fc.stringMatching(/^[a-z0-9_][a-z0-9_.-]{0,9}$/);
    const space = fc.stringMatching(/^[a-z0-9_][a-z0-9_-]{0,9}$/);
    const name = fc
      .tuple(part, space, part, part)
      .map(([host, namespace, model, tag]) => `${host}/${namespace}/${model}:${tag}`);
    fc.assert(
      fc.property(name, (source) => {
        const parsed = parseModelName(source);
        expect(parsed && keyOf(shortName(parsed))).toBe(keyOf(source));
      }),
    );
  });

  test.each([
    ["gpt-oss:120b-cloud", "cloud"],
    ["smollm2:cloud", "cloud"],
    ["smollm2:135m:local", "local"],
    ["smollm2:local:cloud", "both"],
    ["cloud-model:7b", "none"],
  ])("%s has the hint %s", (source, hint) => {
    expect(cloudHint(source)).toBe(hint);
  });
});
