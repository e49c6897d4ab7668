import { describe, expect, it } from "vitest";
import { makeCandidate, makeView } from "../testing/make-view.ts";
import { heatCritical } from "./heat-critical.ts";

const reject = (cpu: number | null | undefined, gpus: readonly (number | undefined)[] = []) => {
  const thermal = cpu === undefined ? undefined : { state: "warning" as const, temperature_c: cpu, source: "" };
  const cards = gpus.map((degrees) => ({
    name: "GPU",
    vram_total_gb: 24,
    ...(degrees === undefined ? {} : { temperature_c: degrees }),
  }));
  const candidate = makeCandidate("a", { node: { thermal, gpus: cards } });
  return heatCritical.reject(candidate, makeView([candidate]));
};

describe("heat-critical", () => {
  it("rejects a machine whose processor or hottest GPU is at its limit, and names the temperature", () => {
    const cpu = reject(101.6);
    expect(cpu && heatCritical.explain(cpu)).toBe("The processor is too hot: 102 °C");
    const gpu = reject(60, [70, 96]);
    expect(gpu && heatCritical.explain(gpu)).toBe("The GPU is too hot: 96 °C");
  });

  it("keeps warm machines and those that tell no temperature", () => {
    expect(reject(99.9, [94.9])).toBeUndefined();
    expect(reject(null, [undefined])).toBeUndefined();
    expect(reject(undefined)).toBeUndefined();
  });
});
