import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createModelNameCache, displayName, type ModelName, modelKeyOf, parseModelName } from "./model-name.ts";

const named = (text: string): ModelName => {
  const name = parseModelName(text);
  if (name.kind !== "name") throw new Error(`${text} is ${name.kind}`);
  return name;
};

describe("model names", () => {
  it.each([
    "gemma3",
    "Gemma3",
    "gemma3:latest",
    "GEMMA3:LATEST",
    "library/gemma3",
    "registry.ollama.ai/library/gemma3:latest",
    "https://registry.ollama.ai/library/gemma3",
    "  gemma3:latest\n",
    "\u00a0gemma3\u3000",
    "gemma3:local",
    "gemma3:latest: LOCAL",
  ])("%j is the one model gemma3:latest", (text) => {
    expect(modelKeyOf(text)).toBe("registry.ollama.ai/library/gemma3:latest");
  });

  it.each([
    ["hf.co/User/Repo-GGUF:Q4_K_M", "hf.co/user/repo-gguf:q4_k_m", "hf.co/User/Repo-GGUF:Q4_K_M"],
    ["me/mine", "registry.ollama.ai/me/mine:latest", "me/mine:latest"],
    ["Gemma3", "registry.ollama.ai/library/gemma3:latest", "Gemma3:latest"],
    ["localhost:5000/a/b:c", "localhost:5000/a/b:c", "localhost:5000/a/b:c"],
    ["x:///a/b", "registry.ollama.ai/a/b:latest", "a/b:latest"],
  ])("%s has the key %s and is listed as %s", (text, key, display) => {
    expect(named(text).key).toBe(key);
    expect(displayName(named(text))).toBe(display);
  });

  it.each(["gpt-oss:120b-cloud", "gpt-oss:120b:cloud", "GPT-OSS:120B-CLOUD"])(
    "%s is the cloud model, not the local one",
    (text) => {
      expect(named(text)).toMatchObject({ source: "cloud", key: "registry.ollama.ai/library/gpt-oss:120b-cloud" });
      expect(named("gpt-oss:120b")).toMatchObject({ source: "any", key: "registry.ollama.ai/library/gpt-oss:120b" });
    },
  );

  it("keeps the cloud form of an untagged name apart from its latest", () => {
    expect(modelKeyOf("x:cloud")).toBe("registry.ollama.ai/library/x:cloud");
  });

  it.each(["", "  ", "\u0085", "\t\n"])("%j is no name at all", (text) => {
    expect(parseModelName(text)).toEqual({ kind: "missing" });
  });

  it.each([
    "a b//c",
    "a b",
    "a:",
    ":latest",
    "/a",
    "a/",
    "a//b",
    "-a",
    ".a",
    "a:b/c:",
    "name.space/x",
    "smollm2@sha256:b8e5891120eaead466c8c1d8cb889afb20a09197cea2c7193a3fd2b95fa40f48",
    "modèle",
    "\ufeffgemma3",
    "a".repeat(81),
    `a:${"t".repeat(81)}`,
    `${"n".repeat(81)}/a`,
    `${"h".repeat(351)}/n/a`,
    ":cloud",
  ])("%j is not allowed", (text) => {
    expect(parseModelName(text)).toEqual({ kind: "invalid" });
  });

  it("allows parts up to their longest", () => {
    const longest = `${"h".repeat(350)}/${"n".repeat(80)}/${"m".repeat(80)}:${"t".repeat(80)}`;
    expect(parseModelName(longest).kind).toBe("name");
  });

  it.each(["smollm2:local:cloud", " smollm2:cloud:local ", "a:b-cloud:local"])("%j asks for both places", (text) => {
    expect(parseModelName(text)).toEqual({ kind: "conflict", text: text.trim() });
  });

  it("gives each listed name the key of the name it was parsed from", () => {
    const part = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,10}$/);
    const text = fc
      .tuple(fc.option(part), part, fc.option(part))
      .map(
        ([namespace, model, tag]) =>
          `${namespace === null ? "" : `${namespace}/`}${model}${tag === null ? "" : `:${tag}`}`,
      );
    fc.assert(
      fc.property(text, (written) => {
        const name = named(written);
        expect(modelKeyOf(displayName(name))).toBe(name.key);
        expect(modelKeyOf(written.toUpperCase())).toBe(name.key);
      }),
    );
  });

  it("trims a megabyte of blanks inside a name in no time that grows with its square", () => {
    expect(parseModelName(`a${" ".repeat(1 << 20)}b`).kind).toBe("invalid");
  });
});

describe("the cache of names", () => {
  it("gives what parsing gives, also after it forgot", () => {
    const remember = createModelNameCache(2);
    for (const text of ["a", "b", "c", "a", "", "x".repeat(1000), "a"]) {
      expect(remember(text)).toEqual(parseModelName(text));
    }
  });

  it("returns the same object while it remembers", () => {
    const remember = createModelNameCache(2);
    const first = remember("a");
    remember("b");
    expect(remember("a")).toBe(first);
    remember("c");
    expect(remember("a")).not.toBe(first);
  });
});
