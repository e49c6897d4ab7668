import { describe, expect, it } from "vitest";
import type { LoadedState } from "../../domain/fleet-snapshot.ts";
import { type CandidateWishes, makeCandidate, makeLoaded, makeRequest, makeView, NOW } from "../testing/make-view.ts";
import { thermal } from "./thermal.ts";

interface Case {
  readonly wishes?: CandidateWishes;
  readonly numCtx?: number;
  readonly loadOptions?: string;
}

const read = ({ wishes = {}, numCtx, loadOptions = "" }: Case) => {
  const candidate = makeCandidate("a", wishes);
  return thermal.measure(candidate, makeView([candidate], { request: makeRequest({ numCtx, loadOptions }) }));
};
const score = (example: Case): number => read(example).score;
const words = (example: Case): string => thermal.explain(read(example));

const loaded = (state: Partial<LoadedState> = {}, version = "0.24.0"): CandidateWishes => ({
  model: { loaded: makeLoaded(state) },
  backend: { version },
});
const unloadedAgo = (ms: number): CandidateWishes => ({ model: { unloadedAt: NOW - ms } });

describe("thermal", () => {
  it("tells hot, warm and cold apart", () => {
    expect(score({ wishes: loaded({ contextLength: 4096 }) })).toBe(1);
    expect(score({ wishes: unloadedAgo(29 * 60_000) })).toBe(0.6);
    expect(score({ wishes: unloadedAgo(30 * 60_000) })).toBe(0.2);
    expect(score({})).toBe(0.2);
  });

  it("ranks a model that is being loaded between hot and warm", () => {
    expect(score({ wishes: { load: { isModelLoading: true, isNodeLoading: true } } })).toBe(0.8);
  });

  it("is hot without any asked context when the loaded one is an automatic size or what the model was trained for", () => {
    expect(score({ wishes: loaded({ contextLength: 32_768 }) })).toBe(1);
    expect(score({ wishes: { model: { loaded: makeLoaded({ contextLength: 8192 }), contextMax: 8192 } } })).toBe(1);
  });

  it("gives a little less when the load may have been for another wish", () => {
    expect(score({ wishes: loaded({ contextLength: 8192 }) })).toBe(0.9);
    expect(score({ wishes: loaded({ contextLength: 0 }), numCtx: 8192 })).toBe(0.9);
    expect(score({ wishes: loaded({ contextLength: 4096 }), loadOptions: "num_gpu=0" })).toBe(0.9);
  });

  it("is not hot when the asked context differs from the loaded one, smaller or larger", () => {
    expect(score({ wishes: loaded({ contextLength: 8192 }), numCtx: 16_384 })).toBe(0.6);
    expect(score({ wishes: loaded({ contextLength: 8192 }), numCtx: 4096 })).toBe(0.6);
  });

  it("compares what Ollama makes of the asked context: clipped to the trained one, raised to the least", () => {
    const trained: CandidateWishes = { model: { loaded: makeLoaded({ contextLength: 8192 }), contextMax: 8192 } };
    expect(score({ wishes: trained, numCtx: 16_384 })).toBe(1);
    expect(score({ wishes: loaded({ contextLength: 4 }), numCtx: 1 })).toBe(1);
  });

  it("is hot for an equal context on versions that compare plainly, and doubtful on later ones", () => {
    expect(score({ wishes: loaded({}, "0.24.0"), numCtx: 8192 })).toBe(1);
    expect(score({ wishes: loaded({}, "0.30.1"), numCtx: 8192 })).toBe(0.9);
    expect(score({ wishes: loaded({}, ""), numCtx: 8192 })).toBe(0.9);
  });

  it("knows what a load that the router saw was for", () => {
    const explicit = { loadedWith: { numCtx: 8192, options: "" } };
    const automatic = { contextLength: 4096, loadedWith: { numCtx: undefined, options: "" } };
    expect(score({ wishes: loaded(explicit, "0.30.1"), numCtx: 8192 })).toBe(1);
    expect(score({ wishes: loaded(explicit, "0.30.1") })).toBe(0.6);
    expect(score({ wishes: loaded(explicit, "0.24.0") })).toBe(0.9);
    expect(score({ wishes: loaded(automatic, "0.30.1") })).toBe(1);
    expect(score({ wishes: loaded(automatic, "0.30.1"), numCtx: 4096 })).toBe(0.6);
    expect(score({ wishes: loaded(automatic, "0.24.0"), numCtx: 4096 })).toBe(1);
    expect(score({ wishes: loaded(automatic, "0.30.1"), loadOptions: "num_gpu=0" })).toBe(0.6);
  });

  it("takes other engines as hot: they serve one model for as long as they run", () => {
    expect(score({ wishes: { backend: { kind: "openai-compatible" } }, numCtx: 4096 })).toBe(1);
  });

  it("gives a little less for a state that is only remembered", () => {
    const state = { model: { loaded: makeLoaded({ contextLength: 4096 }) } };
    expect(score({ wishes: { ...state, node: { lastHeartbeatAt: undefined } } })).toBeCloseTo(0.9);
    expect(score({ wishes: { ...state, node: { status: "degraded" } } })).toBeCloseTo(0.9);
    expect(score({ wishes: { ...state, backend: { reachability: "unknown" } } })).toBeCloseTo(0.9);
  });

  it("takes a model that left memory in the future, by a skewed clock, as just unloaded", () => {
    expect(score({ wishes: unloadedAgo(-5000) })).toBe(0.6);
  });

  it("says it in words", () => {
    expect(words({ wishes: loaded({ contextLength: 4096 }) })).toBe("The model is in memory and ready");
    expect(words({ wishes: loaded(), numCtx: 16_384 })).toBe(
      "The model is in memory with 8,192 tokens of context; asking for 16,384 tokens makes it load again",
    );
    expect(words({ wishes: unloadedAgo(5 * 60_000) })).toBe("The model left memory 5 min ago; it loads quickly");
    expect(words({ wishes: { node: { status: "degraded" } } })).toBe(
      "The model is on disk and must be loaded first (as last heard; the machine does not report now)",
    );
  });
});
