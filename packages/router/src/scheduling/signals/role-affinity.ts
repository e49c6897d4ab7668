import { BYTES_PER_GIB, fromGib } from "@herd/shared";
import type { Reading } from "../../domain/decision.ts";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { Signal } from "../contracts.ts";
import { modelBytes } from "../estimates/model-bytes.ts";
import { spokenSize } from "../wording.ts";

/** From which size a model counts as big, and up to which as small, bytes. */
export interface RoleThresholds {
  readonly largeBytes: number;
  readonly smallBytes: number;
}

/** A 30-billion-parameter model at 4 bits is big, one of 8 billion small. */
export const defaultRoleThresholds: RoleThresholds = {
  largeBytes: 20 * BYTES_PER_GIB,
  smallBytes: 8 * BYTES_PER_GIB,
};

/** Memory of a small and of a big machine, GiB, and their bandwidth, GB/s: a laptop and a workstation. */
const MEMORY_CLASS = { small: 8, large: 128 };
const BANDWIDTH_CLASS = { small: 50, large: 800 };

/** Big models to big machines, small models off them. */
export function roleAffinityWith(thresholds: RoleThresholds): Signal {
  return {
    name: "role_affinity",
    meaning: "Sends big models to big machines and keeps small ones off them, so that the big machines stay free",
    formula:
      "model class × machine class, each from −1 small to 1 big, on a logarithmic scale: models from 8 to 20 GiB (settings); machines the mean of memory " +
      "(GPU memory where it has its own) from 8 to 128 GiB and bandwidth from 50 to 800 GB/s; 0 when the model's size is not known",
    measure(candidate): Reading {
      const size = modelBytes(candidate);
      const memoryGib = memoryForModels(candidate.node);
      const machine = machineClass(candidate.node, memoryGib);
      const facts: Record<string, number> = { machine_class: machine, memory_bytes: fromGib(memoryGib) };
      if (candidate.node.memoryBandwidth !== undefined) facts["bandwidth_gbps"] = candidate.node.memoryBandwidth;
      if (size === undefined) return { score: 0, facts };
      const model = classOf(size, { small: thresholds.smallBytes, large: thresholds.largeBytes });
      facts["model_class"] = model;
      facts["model_bytes"] = size;
      return { score: model * machine, facts };
    },
    explain({ score, facts }): string {
      const { model_class: model, machine_class: machine = 0, model_bytes: size } = facts;
      if (model === undefined || size === undefined) return "The size of the model is not known";
      const pair = `A ${sizeInWords(model)} model (${spokenSize(size)}) on a ${sizeInWords(machine)} machine`;
      if (Math.abs(score) < 0.1) return pair;
      return `${pair}: ${score > 0 ? "a good match" : "better placed elsewhere"}`;
    },
  };
}

/** The signal with the default thresholds. */
export const roleAffinity: Signal = roleAffinityWith(defaultRoleThresholds);

function machineClass({ memoryBandwidth }: NodeSnapshot, memoryGib: number): number {
  const memory = classOf(memoryGib, MEMORY_CLASS);
  return memoryBandwidth === undefined ? memory : (memory + classOf(memoryBandwidth, BANDWIDTH_CLASS)) / 2;
}

function memoryForModels({ gpus, memory }: NodeSnapshot): number {
  let gpuGib = 0;
  for (const gpu of gpus) gpuGib += gpu.vram_total_gb;
  return gpuGib > 0 ? gpuGib : memory.total_gb;
}

/** −1 up to `small`, 1 from `large` on, between them by the logarithm: doubling is the same step everywhere. */
function classOf(value: number, { small, large }: { readonly small: number; readonly large: number }): number {
  if (value <= small) return -1;
  if (value >= large) return 1;
  return (2 * Math.log(value / small)) / Math.log(large / small) - 1;
}

function sizeInWords(grade: number): string {
  if (grade > 1 / 3) return "big";
  return grade < -1 / 3 ? "small" : "middling";
}
