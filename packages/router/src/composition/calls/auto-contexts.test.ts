import type { ModelKey } from "@herd/shared";
import { describe, expect, test } from "vitest";
import { modelKeyOf } from "../../domain/model-name.ts";
import { createRootLogger } from "../../log/create-logs.ts";
import { readSettings } from "../../settings/read.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import type { Ask } from "../../traces/questions.ts";
import { createAutoContexts } from "./auto-contexts.ts";

const usual = readSettings({ flags: {}, env: {}, homeDir: "/nowhere" }).values;
const sizes = (model: string, count: number, p99: number) => ({
  model,
  request_count: count,
  prompt_tokens: {},
  total_tokens: { p99, max_24h: 0 },
});

/** Contexts whose sizes are given; how often they were asked for is counted. */
function contexts(
  told: Partial<RouterSettings>,
  found: () => readonly object[] = () => [sizes("M:latest", 20, 6_000)],
) {
  const clock = { now: 1e12 };
  const asked: object[] = [];
  const lines: string[] = [];
  const ask = (_name: string, question: object): Promise<unknown> => {
    asked.push(question);
    return Promise.resolve().then(found);
  };
  const of = createAutoContexts({
    settings: { ...usual, ...told },
    ask: ask as Ask,
    epochNow: () => clock.now,
    log: createRootLogger([{ level: "WARNING", write: (line) => lines.push(line) }], Date.now),
  });
  const read = async (model: string, promptTokens = 10): Promise<number | undefined> => {
    const key = modelKeyOf(model) as ModelKey;
    of(key, promptTokens);
    await new Promise(setImmediate);
    return of(key, promptTokens);
  };
  return { read, clock, asked, lines };
}

const on = { dynamicNumCtx: true, numCtxAutoCalculate: true };

describe("contexts computed from use", () => {
  test("are what a model's requests need with some room, as a power of two", async () => {
    const { read, asked } = contexts(on, () => [sizes("m:latest", 20, 6_000), sizes("small:1b", 99, 5)]);
    expect([await read("m:latest"), await read("small:1b"), await read("other:1b")]).toEqual([
      16_384,
      4_096,
      undefined,
    ]);
    expect(asked).toEqual([{ from: 1e9 - 7 * 86_400, now: 1e9 }]);
  });

  test("are unknown for a model that is used too little to tell", async () => {
    expect(await contexts(on, () => [sizes("m:latest", 19, 6_000)]).read("m:latest")).toBeUndefined();
  });

  test("leave a request alone that needs more of it than leaves room for an answer", async () => {
    const { read } = contexts(on);
    expect([await read("m:latest", 12_288), await read("m:latest", 12_289)]).toEqual([16_384, undefined]);
  });

  test.each([{ dynamicNumCtx: false }, { numCtxAutoCalculate: false }])("are not asked for with %j", async (off) => {
    const { read, asked } = contexts({ ...on, ...off });
    expect([await read("m:latest"), asked]).toEqual([undefined, []]);
  });

  test("are read anew after a while, and stay when they cannot be", async () => {
    let isBroken = false;
    const { read, clock, asked, lines } = contexts(on, () => {
      if (isBroken) throw new Error("locked");
      return [sizes("m:latest", 20, 6_000)];
    });
    await read("m:latest");
    isBroken = true;
    clock.now += 299_999;
    await read("m:latest");
    expect(asked).toHaveLength(1);
    clock.now += 1;
    expect(await read("m:latest")).toBe(16_384);
    expect([asked.length, lines.length]).toEqual([2, 1]);
  });
});
