import type { BackendAnswer } from "../backend-call.ts";
import type { ModelEntry } from "./server-wire.ts";

/** Programs that tell more than OpenAI's API has; every other is `other`. */
export type Software = "llama-server" | "vllm" | "sglang" | "lm-studio" | "mlx-lm" | "herd" | "other";

/** Their names as people know them. */
export const softwareNames: Readonly<Record<Software, string>> = {
  "llama-server": "llama-server",
  vllm: "vLLM",
  sglang: "SGLang",
  "lm-studio": "LM Studio",
  "mlx-lm": "mlx_lm.server",
  herd: "herd",
  other: "an OpenAI-compatible server",
};

const owners: readonly (readonly [RegExp, Software])[] = [
  [/^llamacpp$/, "llama-server"],
  [/^vllm$/, "vllm"],
  [/^sglang$/, "sglang"],
  [/^organization[-_]owner$/, "lm-studio"],
];

/**
 * Which program answered `GET /v1/models`, by that answer alone: what its entries name as their owner, or how its HTTP server
 * names itself. Nothing else is asked, so that no stranger's log fills with paths it does not know.
 */
export function softwareOf(answer: Pick<BackendAnswer, "software">, entries: readonly ModelEntry[]): Software {
  if (entries.some((entry) => entry.fleet_nodes !== undefined)) return "herd";
  const owned = owners.find(([owner]) => entries.some(({ owned_by: name = "" }) => owner.test(name)));
  if (owned !== undefined) return owned[1];
  if (answer.software === "llama.cpp") return "llama-server";
  // Python's plain server, and entries that name no owner.
  const isPlain = /^BaseHTTP\/[\d.]+ Python\//.test(answer.software);
  return isPlain && entries.every(({ owned_by: owner }) => owner === undefined) ? "mlx-lm" : "other";
}
