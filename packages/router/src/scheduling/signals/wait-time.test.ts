import { BYTES_PER_GIB } from "@herd/shared";
import { describe, expect, it } from "vitest";
import {
  type CandidateWishes,
  makeCandidate,
  makeLoaded,
  makeModel,
  makeRequest,
  makeView,
} from "../testing/make-view.ts";
import { waitTime } from "./wait-time.ts";

const read = (wishes: CandidateWishes, numCtx?: number) => {
  const candidate = makeCandidate("a", wishes);
  return waitTime.measure(candidate, makeView([candidate], { request: makeRequest({ numCtx }) }));
};
const hot = { model: { loaded: makeLoaded({ contextLength: 4096 }) } };
const learned = { slotMs: 4000, loadMsPerGib: 1000 };

describe("wait_time", () => {
  it("is 0 where a loaded model has a free slot, and rises with the wait", () => {
    expect(read(hot).score).toBe(0);
    expect(read({ ...hot, load: { inFlight: 3, limit: 4 } }).score).toBe(0);
    expect(read({ ...hot, learned: { slotMs: 40_000 }, load: { inFlight: 1 } }).score).toBeCloseTo(1 - 1 / Math.E);
  });

  it("predicts the turn from the learned time per request, the work ahead and the slots", () => {
    expect(read({ ...hot, learned, load: { inFlight: 1, waiting: 2 } }).facts).toEqual({
      requests_ahead: 3,
      queue_ms: 10_000,
      load_ms: 0,
    });
    expect(read({ ...hot, learned, load: { inFlight: 4, waiting: 2, limit: 4 } }).facts).toMatchObject({
      requests_ahead: 3,
      queue_ms: 2500,
    });
  });

  it("adds the learned load time when the model must be loaded, and half of one when another load is under way", () => {
    const cold = { learned, candidate: { expectedBytes: 6 * BYTES_PER_GIB } };
    expect(read(cold).facts).toMatchObject({ queue_ms: 0, load_ms: 6000 });
    expect(read({ ...cold, load: { isNodeLoading: true } }).facts).toMatchObject({ load_ms: 9000 });
    expect(read({ ...cold, load: { isNodeLoading: true, isModelLoading: true } }).facts).toMatchObject({
      load_ms: 3000,
    });
  });

  it("waits for all requests of a runner that must be loaded anew", () => {
    const wishes = { model: { loaded: makeLoaded() }, learned, load: { inFlight: 2, limit: 4 } };
    expect(read(wishes, 8192).facts).toMatchObject({ requests_ahead: 0 });
    expect(read(wishes, 32_768).facts).toMatchObject({ requests_ahead: 2, queue_ms: 1500, load_ms: 5000 });
  });

  it("waits for other models' requests where the model fits only after a working one has left", () => {
    const memory = {
      total_gb: 16,
      used_gb: 14,
      available_gb: 2,
      pressure: "normal" as const,
      wired_gb: 0,
      compressed_gb: 0,
    };
    const others = [makeModel("other", { loaded: makeLoaded({ sizeBytes: 10 * BYTES_PER_GIB }) })];
    const wishes = { node: { memory }, others, learned };
    expect(read({ ...wishes, load: { nodeInFlight: 0 } }).facts).toMatchObject({ requests_ahead: 0 });
    expect(read({ ...wishes, load: { nodeInFlight: 1, nodeWaiting: 1 } }).facts).toMatchObject({ requests_ahead: 2 });
  });

  it("expects less of a machine with more bandwidth until speeds are learned", () => {
    const load = { inFlight: 1 };
    const slow = read({ ...hot, load, node: { memoryBandwidth: 40 } }).score;
    const fast = read({ ...hot, load, node: { memoryBandwidth: 400 } }).score;
    expect(fast).toBeGreaterThan(0);
    expect(fast).toBeLessThan(slow);
  });

  it("expects a GPU to be faster than Apple's shared memory, and that faster than a processor", () => {
    const waitOn = (node: CandidateWishes["node"]) =>
      read({ ...hot, load: { inFlight: 1 }, ...(node ? { node } : {}) }).score;
    const gpu = waitOn({ gpus: [{ name: "RTX 3060", vram_total_gb: 12 }] });
    const apple = waitOn({ chip: "Apple M4" });
    expect(gpu).toBeLessThan(apple);
    expect(apple).toBeLessThan(waitOn({}));
  });

  it("says it in words", () => {
    const words = (wishes: CandidateWishes) => waitTime.explain(read(wishes));
    expect(words(hot)).toBe("Can start at once");
    expect(words({ ...hot, learned: { slotMs: 2267 }, load: { inFlight: 1, waiting: 1 } })).toBe(
      "2 requests ahead on this machine, about 3.4 s",
    );
    expect(words({ learned, candidate: { expectedBytes: 12 * BYTES_PER_GIB } })).toBe(
      "Loading the model takes about 12 s",
    );
    expect(words({ learned, load: { inFlight: 1 } })).toBe(
      "1 request ahead on this machine, about 2.0 s; then loading the model takes about 4.0 s",
    );
  });
});
