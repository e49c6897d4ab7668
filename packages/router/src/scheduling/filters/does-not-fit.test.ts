import { BYTES_PER_GIB, type MemoryReading } from "@herd/shared";
import { describe, expect, it } from "vitest";
import { type CandidateWishes, makeCandidate, makeLoaded, makeModel, makeView, NOW } from "../testing/make-view.ts";
import { doesNotFit } from "./does-not-fit.ts";

const reject = (wishes: CandidateWishes) => {
  const candidate = makeCandidate("a", wishes);
  return doesNotFit.reject(candidate, makeView([candidate]));
};
const code = (wishes: CandidateWishes): string | undefined => reject(wishes)?.code;

const ofSize = (gib: number) => ({ model: { sizeBytes: gib * BYTES_PER_GIB } });
const memory = (available: number, wishes: Partial<MemoryReading> = {}): MemoryReading => ({
  total_gb: 32,
  used_gb: 32 - available,
  available_gb: available,
  pressure: "normal",
  wired_gb: 0,
  compressed_gb: 0,
  ...wishes,
});
const gpu = (total: number, used: number) => ({ name: "GPU", vram_total_gb: total, vram_used_gb: used });
const holding = (gib: number, name = "other") =>
  makeModel(name, { loaded: makeLoaded({ sizeBytes: gib * BYTES_PER_GIB }) });

describe("does-not-fit", () => {
  it("rejects weights larger than all the memory there is, and names both sizes", () => {
    const reason = reject({ ...ofSize(40), node: { memory: memory(24) } });
    expect(reason?.code).toBe("too-large");
    expect(reason && doesNotFit.explain(reason)).toBe("Needs at least 40.0 GiB; the machine has 24.0 GiB at most");
    expect(code({ ...ofSize(20), node: { memory: memory(24) } })).toBeUndefined();
  });

  it("counts what loaded models would give back, because they leave once they are idle", () => {
    const wishes = { ...ofSize(20), node: { memory: memory(8) } };
    expect(code(wishes)).toBe("too-large");
    expect(code({ ...wishes, others: [holding(14)] })).toBeUndefined();
    expect(code({ ...wishes, others: [holding(14)], load: { nodeInFlight: 1 } })).toBeUndefined();
  });

  it("counts GPU and system memory together, and free swap, as Ollama does before it refuses a load", () => {
    const node = { memory: memory(8), gpus: [gpu(8, 1)] };
    expect(code({ ...ofSize(14), node })).toBeUndefined();
    expect(code({ ...ofSize(16), node })).toBe("too-large");
    const withSwap = { ...node, memory: memory(8, { swap_total_gb: 8, swap_used_gb: 1 }) };
    expect(code({ ...ofSize(16), node: withSwap })).toBeUndefined();
  });

  it("goes by installed memory on Apple's chips, whose system makes room by itself", () => {
    const node = { memory: memory(4), chip: "Apple M4 Pro" };
    expect(code({ ...ofSize(20), node })).toBeUndefined();
    expect(code({ ...ofSize(33), node })).toBe("too-large");
  });

  it("respects the owner's ceiling", () => {
    const capacity = {
      mode: "learned_low",
      ceiling_gb: 4,
      availability_score: 0.3,
      reason: "",
      override_active: false,
      learning_confidence: 1,
      days_observed: 30,
    };
    const reason = reject({ ...ofSize(6), node: { capacity } });
    expect(reason && doesNotFit.explain(reason)).toBe("Needs at least 6.0 GiB; its owner grants 4.0 GiB");
    expect(code({ ...ofSize(6), node: { capacity: { ...capacity, ceiling_gb: 0 } } })).toBeUndefined();
  });

  it("forbids cold loads under critical memory pressure, unless they only take an idle model's place or GPU memory", () => {
    const critical = memory(24, { pressure: "critical" });
    const reason = reject({ node: { memory: critical } });
    expect(reason?.code).toBe("memory-critical");
    expect(reason && doesNotFit.explain(reason)).toMatch(/short of memory/);
    expect(code({ node: { memory: critical }, others: [holding(5)] })).toBeUndefined();
    expect(code({ node: { memory: critical, gpus: [gpu(24, 0)] } })).toBeUndefined();
    expect(code({ node: { memory: memory(24, { pressure: "warn" }) } })).toBeUndefined();
  });

  it("never rejects a model that is loaded or being loaded, whatever the memory", () => {
    const node = { memory: memory(0, { pressure: "critical" }) };
    expect(code({ node, model: { loaded: makeLoaded(), sizeBytes: 99 * BYTES_PER_GIB } })).toBeUndefined();
    expect(code({ node, ...ofSize(99), load: { isModelLoading: true } })).toBeUndefined();
  });

  it("does not guess: an unknown size, an estimate, or a machine that has not reported yet stays", () => {
    const node = { memory: memory(0) };
    expect(
      code({ node, model: { sizeBytes: undefined }, candidate: { expectedBytes: 99 * BYTES_PER_GIB } }),
    ).toBeUndefined();
    expect(code({ ...ofSize(99), node: { ...node, lastHeartbeatAt: undefined } })).toBeUndefined();
  });

  it("does not trust readings taken while the model may have been on its way into memory", () => {
    const wishes = { ...ofSize(20), node: { memory: memory(8) } };
    expect(code({ ...wishes, load: { isNodeLoading: true } })).toBeUndefined();
    expect(code({ ...wishes, load: { inFlight: 1, nodeInFlight: 1 } })).toBe("too-large");
    expect(code({ ...wishes, candidate: { lastChosenAt: NOW - 3000 } })).toBeUndefined();
    expect(code({ ...wishes, candidate: { lastChosenAt: NOW - 60_000 } })).toBe("too-large");
  });
});
