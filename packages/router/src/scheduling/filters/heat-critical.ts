import type { Candidate } from "../../domain/candidate.ts";
import type { Filter } from "../contracts.ts";

/** Processors slow themselves down or stop from about 100 °C, graphics processors from about 95 °C. */
const CPU_LIMIT_C = 100;
const GPU_LIMIT_C = 95;

export const heatCritical: Filter = {
  name: "heat-critical",
  meaning:
    "The machine is as hot as it may get (processor from 100 °C, GPU from 95 °C). Steps aside when it would leave no candidate, because machines protect themselves",
  canYield: true,
  reject({ node }) {
    const cpu = node.thermal?.temperature_c ?? undefined;
    if (cpu !== undefined && cpu >= CPU_LIMIT_C) return { code: "cpu-hot", facts: { temperature_c: cpu } };
    const gpu = hottestGpu(node);
    return gpu >= GPU_LIMIT_C ? { code: "gpu-hot", facts: { temperature_c: gpu } } : undefined;
  },
  explain: ({ code, facts }) =>
    `The ${code === "gpu-hot" ? "GPU" : "processor"} is too hot: ${Math.round(facts["temperature_c"] ?? 0)} °C`,
};

function hottestGpu({ gpus }: Candidate["node"]): number {
  let hottest = Number.NEGATIVE_INFINITY;
  for (const { temperature_c } of gpus)
    if (temperature_c !== undefined && temperature_c > hottest) hottest = temperature_c;
  return hottest;
}
