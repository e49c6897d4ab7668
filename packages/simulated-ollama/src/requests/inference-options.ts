import type { Decoded } from "../json/go-type.ts";
import type { JsonNode } from "../json/parse-json.ts";
import type { LibraryModel } from "../models/library.ts";
import { parameterMembers } from "../models/model-parameters.ts";
import type { LoadPlan } from "../runners/runner.ts";

/** What of `options` has an effect on the simulation. */
export interface InferenceOptions {
  readonly plan: LoadPlan;
  /** 0 or less = no limit. */
  readonly numPredict: number;
  readonly seed: number;
  readonly stops: readonly string[];
}

const integers = [
  "num_ctx",
  "num_batch",
  "num_gpu",
  "main_gpu",
  "num_thread",
  "num_keep",
  "seed",
  "num_predict",
  "top_k",
  "repeat_last_n",
];
const floats = [
  "top_p",
  "min_p",
  "typical_p",
  "temperature",
  "repeat_penalty",
  "presence_penalty",
  "frequency_penalty",
];
/** Options whose change needs a reload, beside `num_ctx`. */
const loadSettings = ["num_batch", "num_gpu", "main_gpu", "use_mmap", "num_thread"];

/** Reads `options`, which go before those of the model; unknown keys and nulls pass, a wrong type is an error with Ollama's text. */
export function readOptions(
  options: (JsonNode & { kind: "object" }) | undefined,
  model: LibraryModel,
  defaultContext: number,
): Decoded<InferenceOptions> {
  const given = new Map<string, JsonNode>();
  for (const member of [...parameterMembers(model), ...(options?.members ?? [])]) {
    if (member.value.kind === "null") continue;
    const expected = expectedType(member.name, member.value);
    if (expected !== undefined) return { ok: false, error: `option "${member.name}" must be of type ${expected}` };
    given.set(member.name, member.value);
  }
  const number = (name: string): number | undefined => {
    const node = given.get(name);
    return node?.kind === "number" ? Math.trunc(Number(node.text)) : undefined;
  };
  const settings = loadSettings.map((name) => settingText(name, given.get(name))).join(" ");
  const contextLength = Math.max(4, Math.min(number("num_ctx") ?? defaultContext, model.contextLength));
  const value = {
    plan: { contextLength, settings },
    numPredict: number("num_predict") ?? -1,
    seed: number("seed") ?? -1,
    stops: stopsOf(given.get("stop")),
  };
  return { ok: true, value };
}

/** A negative number of layers means "as many as fit" and never asks for a reload. */
function settingText(name: string, node: JsonNode | undefined): string {
  const value =
    node?.kind === "number" ? String(Math.trunc(Number(node.text))) : node?.kind === "bool" ? node.value : "";
  return `${name}=${name === "num_gpu" && String(value).startsWith("-") ? "" : value}`;
}

/** The type that Ollama asks for, if the value has another one. */
function expectedType(name: string, node: JsonNode): string | undefined {
  const wanted = wantedTypes.get(name);
  if (wanted === undefined) return undefined;
  return wanted.isMet(node) ? undefined : wanted.goName;
}

interface WantedType {
  readonly goName: string;
  readonly isMet: (node: JsonNode) => boolean;
}

const isNumber = (node: JsonNode): boolean => node.kind === "number";
const isTextList = (node: JsonNode): boolean =>
  node.kind === "array" && node.items.every((item) => item.kind === "string");

const wantedTypes = new Map<string, WantedType>([
  ...integers.map((name) => [name, { goName: "integer", isMet: isNumber }] as const),
  ...floats.map((name) => [name, { goName: "float32", isMet: isNumber }] as const),
  ["use_mmap", { goName: "boolean", isMet: (node) => node.kind === "bool" }],
  ["stop", { goName: "array", isMet: isTextList }],
]);

function stopsOf(node: JsonNode | undefined): readonly string[] {
  if (node?.kind !== "array") return [];
  return node.items.flatMap((item) => (item.kind === "string" ? item.value : []));
}
