import { BYTES_PER_GIB, type ServedModel } from "@herd/shared";
import type { ModelEntry, Props, StudioEntry } from "./server-wire.ts";
import type { Software } from "./software.ts";

/** What a server tells beside its list of models; each part only where its kind has it. */
export interface ServerDetails {
  readonly props?: Props | undefined;
  /** llama-server: whether it was started to make embeddings, which is then all it does. */
  readonly embeds?: boolean | undefined;
  readonly studio?: readonly StudioEntry[] | undefined;
}

type Facts = Omit<ServedModel, "name" | "is_loaded" | "context_length"> &
  Partial<Pick<ServedModel, "is_loaded" | "context_length">>;

/** What is known of one model; what is not told is left out. */
export function servedModelOf(
  entry: ModelEntry,
  { software, entries, details }: { readonly software: Software } & Listing,
): ServedModel {
  const facts = factsBy[software](entry, { entries, details });
  const told = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  return { name: entry.id, is_loaded: true, context_length: 0, ...told };
}

interface Listing {
  /** All models of the server. */
  readonly entries: readonly ModelEntry[];
  readonly details: ServerDetails;
}

type Absentable<Shape> = { readonly [Name in keyof Shape]: Shape[Name] | undefined };
type FactsOf = (entry: ModelEntry, listing: Listing) => Absentable<Facts>;

/** Such a server takes no more than it was started with, whatever its model was trained for. */
const contextOnly: FactsOf = ({ max_model_len: context }) => ({
  context_length: wholeOf(context),
  context_max: wholeOf(context),
});

const factsBy: Readonly<Record<Software, FactsOf>> = {
  "llama-server": llamaFacts,
  "lm-studio": studioFacts,
  "mlx-lm": mlxFacts,
  vllm: contextOnly,
  sglang: contextOnly,
  herd: contextOnly,
  other: contextOnly,
};

function llamaFacts({ meta, status }: ModelEntry, { details: { props, embeds } }: Listing): Absentable<Facts> {
  const isRouter = props?.role === "router";
  const isLoaded = status?.value === undefined ? props?.is_sleeping !== true : status.value === "loaded";
  return {
    is_loaded: isLoaded,
    size_gb: meta?.size === undefined ? undefined : meta.size / BYTES_PER_GIB,
    context_length: wholeOf(meta?.n_ctx) ?? wholeOf(props?.default_generation_settings?.n_ctx),
    context_max: wholeOf(meta?.n_ctx_train),
    capabilities: props === undefined || isRouter ? undefined : llamaCapabilities(props, embeds === true),
    format: "gguf",
    parameter_size: meta?.n_params === undefined ? undefined : parameterSize(meta.n_params),
    quantization_level: meta?.ftype,
  };
}

/** Marks of templates that know how to let a model think. */
const THINKING = /enable_thinking|reasoning_effort|reasoning_content|<think>/;

function llamaCapabilities({ modalities, chat_template_caps: caps, chat_template: template }: Props, embeds: boolean) {
  if (embeds) return ["embedding"];
  const claims: readonly (readonly [string, boolean | undefined])[] = [
    ["completion", true],
    ["tools", caps?.supports_tools === true || caps?.supports_tool_calls === true],
    ["vision", modalities?.vision],
    ["audio", modalities?.audio],
    ["thinking", THINKING.test(template ?? "")],
  ];
  return claims.flatMap(([capability, isTrue]) => (isTrue === true ? [capability] : []));
}

function studioFacts({ id }: ModelEntry, { details }: Listing): Absentable<Facts> {
  const told = details.studio?.find((entry) => entry.id === id);
  if (told === undefined) return {};
  return {
    is_loaded: told.state === undefined || told.state === "loaded",
    context_length: wholeOf(told.loaded_context_length),
    context_max: wholeOf(told.max_context_length),
    capabilities: studioCapabilities(told),
    format: told.compatibility_type,
    family: told.arch,
    quantization_level: told.quantization,
  };
}

/** LM Studio offers tools with every model that chats: those that were not trained for them are prompted. */
function studioCapabilities({ type }: StudioEntry): string[] | undefined {
  switch (type) {
    case "llm":
      return ["completion", "tools"];
    case "vlm":
      return ["completion", "tools", "vision"];
    case "embeddings":
      return ["embedding"];
    default:
      return undefined;
  }
}

/** It lists everything in the download cache; in memory is what it was started with, which it names by its folder. */
function mlxFacts({ id }: ModelEntry, { entries }: Listing): Absentable<Facts> {
  return { is_loaded: entries.length === 1 || id.startsWith("/"), format: "mlx" };
}

const wholeOf = (value: number | undefined): number | undefined =>
  value === undefined || value < 1 ? undefined : Math.floor(value);

/** As Ollama writes it: `134.52M`, `8.0B`, `70B`. */
function parameterSize(count: number): string {
  const isLarge = count >= 1e9;
  const scaled = count / (isLarge ? 1e9 : 1e6);
  const digits = Number.isInteger(scaled) ? 0 : isLarge ? 1 : 2;
  return `${scaled.toFixed(digits)}${isLarge ? "B" : "M"}`;
}
