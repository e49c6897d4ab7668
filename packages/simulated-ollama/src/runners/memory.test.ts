import { describe, expect, test } from "vitest";
import { createLibrary } from "../models/library.ts";
import { recordedModels, resolveOptions } from "../options.ts";
import { createManualTime } from "../testing/manual-time.ts";
import { loadedSize } from "./loaded-size.ts";
import { chooseVictim, offloadSlowdown, placeModel } from "./memory.ts";
import type { Runner } from "./runner.ts";
import { createRunnerStore } from "./runner-store.ts";

const { machine } = resolveOptions({});
const plan = { contextLength: 2048, settings: "" };

function loadAll(time = createManualTime()): readonly Runner[] {
  const store = createRunnerStore({ numParallel: 1, keepAliveMs: 300_000, machine, pace: time });
  return createLibrary(recordedModels, time.now()).models.map((model) => store.start(model, plan, 0));
}

describe("placing a model", () => {
  test("uses the card when the whole model fits on it", () => {
    expect(placeModel(1e9, { ...machine, vramBytes: 2e9 }, [])).toEqual({ kind: "fits", vramBytes: 1e9 });
  });

  test("splits a model that is alone between card and memory", () => {
    expect(placeModel(3e9, { ...machine, vramBytes: 2e9 }, [])).toEqual({ kind: "fits", vramBytes: 2e9 });
  });

  test("asks for room rather than split a model beside others", () => {
    expect(placeModel(3e9, { ...machine, vramBytes: 2e9 }, loadAll())).toEqual({ kind: "needs-room" });
  });

  test("refuses what does not fit at all with Ollama's text", () => {
    const small = { ...machine, vramBytes: 0, memoryBytes: 2 ** 31 };
    const text = "model requires more system memory (5.0 GiB) than is available (2.0 GiB)";
    expect(placeModel(5 * 2 ** 30, small, [])).toEqual({ kind: "too-large", text });
  });

  test("takes as much memory as was recorded for a small model at four contexts", () => {
    const recorded = { 4: 96_668_928, 512: 108_373_248, 2048: 143_762_688, 8192: 285_320_448 };
    const [smollm] = recordedModels.filter((model) => model.family === "llama");
    for (const [context, bytes] of Object.entries(recorded)) {
      // Loaded weights are 1.8 MB less than the file.
      expect(smollm && Math.abs(loadedSize(smollm, Number(context), 1) - bytes)).toBeLessThan(2e6);
    }
  });
});

describe("choosing whom to unload", () => {
  test("prefers an idle model to a busy one", () => {
    const [first, second, third] = loadAll();
    first?.enter(undefined);
    second?.enter(undefined);
    expect(chooseVictim([first, second, third].filter((runner) => runner !== undefined))).toBe(third);
  });

  test("prefers a short keep-alive to a long one, and for ever is the longest", () => {
    const runners = loadAll();
    for (const [index, runner] of runners.entries()) {
      runner.enter([-1, 60_000, 30_000][index]);
      runner.leave();
    }
    expect(chooseVictim(runners)).toBe(runners[2]);
  });

  test("takes the first path of weights when all else is equal", () => {
    const runners = loadAll();
    // In the order of the disk: all-minilm 3304…, gemma3 a5fd…, smollm2 b179…
    expect(chooseVictim(runners)).toBe(runners[0]);
    expect(chooseVictim(runners.toReversed())).toBe(runners[0]);
  });
});

describe("a model that lies on the card in part", () => {
  const machine24 = { vramBytes: 24e9 };
  test("is as slow as the part beside it makes it", () => {
    expect(offloadSlowdown(10e9, 10e9, machine24)).toBe(1);
    expect(offloadSlowdown(10e9, 5e9, machine24)).toBe(5.5);
    expect(offloadSlowdown(10e9, 0, machine24)).toBe(10);
  });

  test("has the described speed on a machine without a card", () => {
    expect(offloadSlowdown(10e9, 0, { vramBytes: 0 })).toBe(1);
  });
});
