/** A wish for vectors, native or OpenAI, from its fields to an intent or a refusal. */
import type { EmbedDialect } from "../dialects/embeddings/embed-dialect.ts";
import { countTokens } from "../generation/count-tokens.ts";
import type { JsonNode } from "../json/parse-json.ts";
import type { LibraryModel } from "../models/library.ts";
import type { SimulatedNode } from "../node.ts";
import { readOptions } from "../requests/inference-options.ts";
import { tooLongText } from "../requests/render-prompt.ts";
import { embeddingLength } from "./embedding-length.ts";
import type { Intent, Work } from "./intent.ts";

/** The fields of a wish for vectors, whatever route it came by. */
export interface EmbedFields {
  /** Nothing to embed: the model is only loaded. */
  readonly texts: readonly string[];
  readonly truncate: boolean;
  /** 0 or less = all of the model's. */
  readonly dimensions: number;
  readonly keepAliveMs: number | undefined;
  readonly options: (JsonNode & { kind: "object" }) | undefined;
}

/** The intent, or why there is none. */
export type PreparedEmbed =
  | { readonly kind: "intent"; readonly intent: Intent }
  | { readonly kind: "refused"; readonly status: number; readonly text: string };

/** What is asked of which model, and who words the answer. */
export interface EmbedTask {
  readonly model: LibraryModel;
  readonly dialect: EmbedDialect;
  readonly node: SimulatedNode;
}

/** Checks the options; what is wrong with a text shows only with the model at hand. */
export function prepareEmbed(fields: EmbedFields, task: EmbedTask): PreparedEmbed {
  const { model, dialect, node } = task;
  const options = readOptions(fields.options, model, node.defaultContext);
  if (!options.ok) return { kind: "refused", status: 500, text: options.error };
  const { plan } = options.value;
  const work = embedWork(fields, { model, dialect, contextLength: plan.contextLength });
  const { keepAliveMs } = fields;
  return { kind: "intent", intent: { model, plan, keepAliveMs, isStream: false, dialect, work } };
}

/** Whether the model was made for vectors: its text gets a mark at both ends, and its vectors have a length of 1. */
export function isEmbeddingModel(model: LibraryModel): boolean {
  return model.capabilities.includes("embedding");
}

interface EmbedPlace {
  readonly model: LibraryModel;
  readonly dialect: EmbedDialect;
  readonly contextLength: number;
}

function embedWork(fields: EmbedFields, { model, dialect, contextLength }: EmbedPlace): Work {
  const { tooLong, unsupported } = dialect.runnerFault;
  if (fields.texts.length === 0) return { kind: "load" };
  if (!isEmbeddingModel(model) && runsOnNewRunner.has(model.family)) {
    return { kind: "refuse", status: unsupported, text: "this model does not support embeddings" };
  }
  const texts = fields.texts.map((text) => ({ text, tokens: tokensOf(text, model) }));
  if (texts.some(({ tokens }) => tokens === 0)) return { kind: "refuse", status: 500, text: noTokensText };
  if (!fields.truncate && texts.some(({ tokens }) => tokens > contextLength)) {
    return { kind: "refuse", status: tooLong, text: tooLongText };
  }
  const wish = {
    texts: texts.map(({ text, tokens }) => ({ text, tokens: Math.min(tokens, contextLength) })),
    length: embeddingLength(model),
    dimensions: fields.dimensions,
  };
  return { kind: "embed", wish, dialect };
}

const noTokensText = "Failed to create new sequence: no input provided";

function tokensOf(text: string, model: LibraryModel): number {
  const own = text === "" ? 0 : countTokens(text);
  return isEmbeddingModel(model) ? own + 2 : own;
}

/** Families of completion models that do not run on llama.cpp at 0.24, which makes vectors of any model. */
const runsOnNewRunner: ReadonlySet<string> = new Set(
  (
    "deepseek2 deepseekocr gemma3 gemma3n gemma4 gptoss gpt-oss laguna llama4 mistral3 mllama nemotron_h " +
    "nemotron_h_moe nemotron_h_omni olmo3 qwen25vl qwen3 qwen3moe qwen35 qwen35moe qwen3next qwen3vl qwen3vlmoe " +
    "glm4moelite glmocr lfm2 lfm2moe"
  ).split(" "),
);
