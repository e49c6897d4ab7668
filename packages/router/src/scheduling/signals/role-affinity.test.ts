import { BYTES_PER_GIB } from "@herd/shared";
import { describe, expect, it } from "vitest";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { makeCandidate, makeView } from "../testing/make-view.ts";
import { roleAffinity, roleAffinityWith } from "./role-affinity.ts";

const machine = (memoryGb: number, memoryBandwidth?: number): Partial<NodeSnapshot> => ({
  memory: { total_gb: memoryGb, used_gb: 0, available_gb: memoryGb, pressure: "normal", wired_gb: 0, compressed_gb: 0 },
  memoryBandwidth,
});
const laptop = machine(8, 50);
const workstation = machine(128, 800);

const read = (sizeGb: number | undefined, node: Partial<NodeSnapshot>, signal = roleAffinity) => {
  const sizeBytes = sizeGb === undefined ? undefined : sizeGb * BYTES_PER_GIB;
  const candidate = makeCandidate("a", { node, model: { sizeBytes } });
  return signal.measure(candidate, makeView([candidate]));
};
const score = (sizeGb: number | undefined, node: Partial<NodeSnapshot>): number => read(sizeGb, node).score;

describe("role_affinity", () => {
  it("sends big models to big machines and small ones off them", () => {
    expect(score(40, workstation)).toBe(1);
    expect(score(40, laptop)).toBe(-1);
    expect(score(4, workstation)).toBe(-1);
    expect(score(4, laptop)).toBe(1);
  });

  it("is neutral for middling models and on middling machines", () => {
    expect(score(Math.sqrt(8 * 20), workstation)).toBeCloseTo(0);
    expect(score(40, machine(32, 200))).toBeCloseTo(0);
  });

  it("goes by GPU memory where there is one, and by memory alone when the bandwidth is not known", () => {
    const gpus = [{ name: "RTX 3050", vram_total_gb: 8 }];
    expect(score(40, { ...machine(128, 50), gpus })).toBe(-1);
    expect(score(40, machine(128))).toBe(1);
  });

  it("is neutral when the size is not known", () => {
    expect(score(undefined, workstation)).toBe(0);
  });

  it("takes the thresholds of the settings", () => {
    const wider = roleAffinityWith({ largeBytes: 100 * BYTES_PER_GIB, smallBytes: 50 * BYTES_PER_GIB });
    expect(read(40, workstation, wider).score).toBe(-1);
  });

  it("says it in words", () => {
    expect(roleAffinity.explain(read(40, workstation))).toBe("A big model (40.0 GiB) on a big machine: a good match");
    expect(roleAffinity.explain(read(4, workstation))).toBe(
      "A small model (4.0 GiB) on a big machine: better placed elsewhere",
    );
    expect(roleAffinity.explain(read(4, machine(32, 200)))).toBe("A small model (4.0 GiB) on a middling machine");
    expect(roleAffinity.explain(read(undefined, laptop))).toBe("The size of the model is not known");
  });
});
