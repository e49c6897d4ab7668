import { BYTES_PER_GIB } from "@herd/shared";
import { describe, expect, it } from "vitest";
import { type CandidateWishes, makeCandidate, makeLoaded, makeModel, makeView } from "../testing/make-view.ts";
import { memoryBusy } from "./memory-busy.ts";

const reject = (wishes: CandidateWishes) => {
  const candidate = makeCandidate("a", wishes);
  return memoryBusy.reject(candidate, makeView([candidate]));
};
const holding = (gib: number, name: string) =>
  makeModel(name, { loaded: makeLoaded({ sizeBytes: gib * BYTES_PER_GIB }) });

/** 24 GiB of GPU memory, 20 of them held by one model. */
const full: CandidateWishes = {
  node: { gpus: [{ name: "GPU", vram_total_gb: 24, vram_used_gb: 20 }] },
  model: { sizeBytes: 10 * BYTES_PER_GIB },
  others: [holding(20, "big")],
};
const working = { load: { nodeInFlight: 1 } };

describe("memory-busy", () => {
  it("rejects where the model fits only after a working model has left, and names the sizes", () => {
    const reason = reject({ ...full, ...working });
    expect(reason?.code).toBe("memory-busy");
    expect(reason && memoryBusy.explain(reason)).toBe(
      "Needs at least 10.0 GiB; only 4.0 GiB is free or idle while another model works",
    );
  });

  it("keeps where idle models can leave", () => {
    expect(reject(full)).toBeUndefined();
  });

  it("takes the smallest of several models as the working one, so that nothing is called busy by guessing", () => {
    const others = [holding(14, "big"), holding(6, "small")];
    expect(reject({ ...full, ...working, others })).toBeUndefined();
    expect(reject({ ...full, ...working, others, model: { sizeBytes: 19 * BYTES_PER_GIB } })).toBeDefined();
  });

  it("leaves alone what would not fit into the empty machine, what is loaded, and what has no known size", () => {
    expect(reject({ ...full, ...working, model: { sizeBytes: 30 * BYTES_PER_GIB } })).toBeUndefined();
    expect(reject({ ...full, ...working, model: { loaded: makeLoaded() } })).toBeUndefined();
    expect(reject({ ...full, ...working, model: { sizeBytes: undefined } })).toBeUndefined();
  });
});
