import { sha256 } from "../models/model-layers.ts";
import type { Pace } from "../pace.ts";
import type { BaseModel } from "./base-model.ts";
import { failed, type ProgressStep, progress } from "./progress.ts";

/** Bits per weight, scales included: what llama.cpp's formats take. */
const bitsPerWeight: Record<string, number> = { F32: 32, F16: 16, BF16: 16, Q8_0: 8.5, Q4_K_M: 4.85, Q4_K_S: 4.58 };

const targets = ["F32", "F16", "Q4_K_S", "Q4_K_M", "Q8_0"];

/** Records of one quantization; the real thing sends one per tensor. */
const recordCount = 30;

/** Quantizing reads, computes and writes: about this many times slower than reading. */
const slowness = 10;

/** What quantizing takes. */
export interface QuantizeWork {
  /** As wanted, in any letter case; empty = leave as it is. */
  readonly type: string;
  readonly pace: Pace;
  readonly diskSpeed: number;
  readonly signal: AbortSignal;
}

/** Turns weights of full precision into smaller ones; returns those, or `undefined` when that failed. */
export async function* quantize(
  base: BaseModel,
  work: QuantizeWork,
): AsyncGenerator<ProgressStep, BaseModel | undefined> {
  const type = work.type.toUpperCase();
  const from = base.facts.quantization;
  if (type === "") return base;
  const refusal = quantizeRefusal(from, type);
  if (refusal !== undefined) {
    yield failed(refusal);
    return undefined;
  }
  if (from === type) return base;
  const total = base.weights.sizeBytes;
  for (let part = 1; part <= recordCount; part++) {
    await work.pace.sleep(((total * slowness) / recordCount / work.diskSpeed) * 1000, work.signal);
    const status = `quantizing ${from} model to ${type}`;
    const completed = Math.floor((total * part) / recordCount);
    yield { kind: "progress", record: { status, digest: "0000000000000000000", total, completed } };
  }
  yield progress("verifying conversion");
  return {
    facts: { ...base.facts, quantization: type },
    weights: {
      kind: "model",
      digest: sha256(`${base.weights.digest} ${type}`),
      sizeBytes: Math.round((total * (bitsPerWeight[type] ?? 16)) / (bitsPerWeight[from] ?? 16)),
    },
    inherited: base.inherited,
  };
}

function quantizeRefusal(from: string, type: string): string | undefined {
  if (!targets.includes(type)) {
    return `unsupported quantization type ${type} - supported types are ${targets.join(", ")}`;
  }
  const isWhole = ["F32", "F16", "BF16"].includes(from);
  return isWhole ? undefined : "quantization is only supported for F16, BF16 and F32 models";
}
