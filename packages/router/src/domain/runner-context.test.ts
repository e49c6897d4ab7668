import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LoadedState } from "./fleet-snapshot.ts";
import { type ContextWish, judgeContext, type Runner } from "./runner-context.ts";

const NO_PROMPT = 0;

function runner(loaded: Partial<LoadedState> | undefined, version = "0.24.0"): Runner {
  return {
    backend: { kind: "ollama", version },
    model: {
      loaded: loaded === undefined ? undefined : { sizeBytes: 0, vramBytes: undefined, contextLength: 0, ...loaded },
      capabilities: undefined,
      contextMax: 8192,
    },
  };
}

const wish = (numCtx?: number, promptTokens = NO_PROMPT): ContextWish => ({ numCtx, promptTokens });
const loadedWith = (numCtx?: number) => ({ numCtx, options: "" });

describe("a runner whose load the router saw", () => {
  const explicit = runner({ contextLength: 4096, loadedWith: loadedWith(4096) }, "0.33.0");
  const byDefault = runner({ contextLength: 4096, loadedWith: loadedWith() }, "0.33.0");

  test("keeps its named context for requests that ask for less, the same, or name none", () => {
    for (const numCtx of [2048, 4096, undefined])
      expect(judgeContext(explicit, wish(numCtx))).toEqual({ kind: "keep", numCtx: 4096, loadedContext: 4096 });
  });

  test("that was loaded without a name gets none", () => {
    for (const numCtx of [2048, 4096, undefined])
      expect(judgeContext(byDefault, wish(numCtx))).toEqual({ kind: "keep", numCtx: undefined, loadedContext: 4096 });
  });

  test("is loaded anew for more", () => {
    expect(judgeContext(explicit, wish(8192))).toEqual({ kind: "larger", loadedContext: 4096 });
    expect(judgeContext(byDefault, wish(8192))).toEqual({ kind: "larger", loadedContext: 4096 });
  });

  test("a wish beyond what the model was trained for counts as that", () => {
    const whole = runner({ contextLength: 8192, loadedWith: loadedWith(8192) });
    expect(judgeContext(whole, wish(16_384))).toEqual({ kind: "keep", numCtx: 8192, loadedContext: 8192 });
  });

  test("a prompt without a wish that does not fit a small named context gets the node's default", () => {
    expect(judgeContext(explicit, wish(undefined, 5000))).toEqual({ kind: "larger", loadedContext: 4096 });
    expect(judgeContext(byDefault, wish(undefined, 5000)).kind).toBe("keep");
  });

  test("of unknown size takes only requests that name none", () => {
    const unsized = runner({ loadedWith: loadedWith() });
    expect(judgeContext(unsized, wish())).toEqual({ kind: "keep", numCtx: undefined, loadedContext: 0 });
    expect(judgeContext(unsized, wish(2048))).toEqual({ kind: "as-asked" });
  });
});

describe("a runner that was loaded before", () => {
  test("gets the context it shows where Ollama compares plainly", () => {
    const old = runner({ contextLength: 6000 }, "0.24.0");
    expect(judgeContext(old, wish(2048))).toEqual({ kind: "keep", numCtx: 6000, loadedContext: 6000 });
    expect(judgeContext(old, wish())).toEqual({ kind: "keep", numCtx: 6000, loadedContext: 6000 });
    expect(judgeContext(old, wish(8192))).toEqual({ kind: "larger", loadedContext: 6000 });
  });

  test("gets it also from requests that name none, whatever the node's default is, and none while it shows nothing", () => {
    for (const context of [4096, 8192])
      expect(judgeContext(runner({ contextLength: context }), wish())).toMatchObject({ kind: "keep", numCtx: context });
    expect(judgeContext(runner({ contextLength: 0 }), wish())).toEqual({ kind: "as-asked" });
  });

  test("gets the client's own words from later versions and where nothing is known", () => {
    for (const version of ["0.30.0", "", "0.0.0-dev"].slice(0, 2))
      expect(judgeContext(runner({ contextLength: 4096 }, version), wish(2048))).toEqual({ kind: "as-asked" });
  });
});

test("nothing is decided for a model that is not loaded, or that another server has", () => {
  expect(judgeContext(runner(undefined), wish(2048))).toEqual({ kind: "as-asked" });
  const other: Runner = { ...runner({ contextLength: 4096 }), backend: { kind: "openai-compatible", version: "" } };
  expect(judgeContext(other, wish(2048))).toEqual({ kind: "as-asked" });
});

test("whatever is kept is enough for what was asked, and does not depend on how much less was asked", () => {
  const contexts = fc.integer({ min: 4, max: 8192 });
  fc.assert(
    fc.property(contexts, contexts, (loaded, asked) => {
      const verdict = judgeContext(runner({ contextLength: loaded, loadedWith: loadedWith(loaded) }), wish(asked));
      expect(verdict.kind).toBe(asked > loaded ? "larger" : "keep");
      if (verdict.kind === "keep") expect(verdict.numCtx).toBe(loaded);
    }),
  );
});
