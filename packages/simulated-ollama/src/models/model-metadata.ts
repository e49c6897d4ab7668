/** `model_info` of `/api/show`: the keys that real models of three architectures have, with likely values. */
import type { LibraryModel } from "./library.ts";

/** In alphabetical order, as Go prints a map. `baseName` replaces the model's own base name. */
export function modelMetadata(model: LibraryModel, baseName: string | undefined): Record<string, unknown> {
  const entries = [...generalOf(model, baseName), ...architectureOf(model), ...tokenizerOf(model)];
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

type Entries = readonly (readonly [string, unknown])[];

function generalOf(model: LibraryModel, baseName: string | undefined): Entries {
  const shared: Entries = [
    ["general.architecture", model.family],
    ["general.file_type", 15],
    ["general.parameter_count", parameterCount(model.parameterSize)],
    ["general.quantization_version", 2],
  ];
  if (model.family === "bert") return baseName === undefined ? shared : [...shared, ["general.basename", baseName]];
  const named: Entries = [
    ["general.basename", baseName ?? model.name.split(":")[0]],
    ["general.license", "apache-2.0"],
    ["general.size_label", model.parameterSize],
    ["general.type", "model"],
  ];
  if (model.family === "gemma3") return [...shared, ...named, ["general.tags", null]];
  const origin: Entries = [
    ["general.finetune", "instruct"],
    ["general.languages", null],
    ["general.organization", "Simulated"],
  ];
  return [...shared, ...named, ...origin];
}

function architectureOf(model: LibraryModel): Entries {
  const keys = architectures[model.family] ?? architectures["llama"] ?? {};
  const entries = { ...keys, context_length: model.contextLength };
  return Object.entries(entries).map(([key, value]) => [`${model.family}.${key}`, value]);
}

const architectures: Record<string, Record<string, unknown>> = {
  llama: {
    "attention.head_count": 9,
    "attention.head_count_kv": 3,
    "attention.layer_norm_rms_epsilon": 0.00001,
    block_count: 30,
    embedding_length: 576,
    feed_forward_length: 1536,
    "rope.dimension_count": 64,
    "rope.freq_base": 100_000,
    vocab_size: 49_152,
  },
  gemma3: {
    "attention.head_count": 4,
    "attention.head_count_kv": 1,
    "attention.key_length": 256,
    "attention.layer_norm_rms_epsilon": 0.000001,
    "attention.sliding_window": 512,
    "attention.value_length": 256,
    block_count: 18,
    embedding_length: 640,
    feed_forward_length: 2048,
    "rope.freq_base": 1_000_000,
  },
  bert: {
    "attention.causal": false,
    "attention.head_count": 12,
    "attention.layer_norm_epsilon": 1e-12,
    block_count: 6,
    embedding_length: 384,
    feed_forward_length: 1536,
    normalize_embeddings: true,
    pooling_type: 1,
  },
};

function tokenizerOf(model: LibraryModel): Entries {
  const keys = { ...sharedTokenizer, ...(tokenizers[model.family] ?? tokenizers["llama"]) };
  return Object.entries(keys).map(([key, value]) => [`tokenizer.ggml.${key}`, value]);
}

/** The big arrays are null unless they are asked for. */
const sharedTokenizer = { padding_token_id: 0, pre: "default", token_type: null, tokens: null, unknown_token_id: 0 };

const tokenizers: Record<string, Record<string, unknown>> = {
  llama: {
    add_bos_token: false,
    add_space_prefix: false,
    bos_token_id: 1,
    eos_token_id: 2,
    merges: null,
    model: "gpt2",
  },
  gemma3: {
    add_bos_token: true,
    add_eos_token: false,
    add_sep_token: false,
    add_space_prefix: false,
    bos_token_id: 2,
    eos_token_id: 1,
    model: "llama",
    scores: null,
  },
  bert: {
    add_cls_token: false,
    add_mask_token: false,
    add_padding_token: false,
    add_seperator_token: false,
    add_unknown_token: false,
    cls_token_id: 101,
    mask_token_id: 103,
    model: "bert",
    scores: null,
    seperator_token_id: 102,
    token_type_count: 2,
  },
};

/** The number behind a printed size such as `8.0B` or `270M`. */
function parameterCount(printed: string): number {
  const unit = { K: 1e3, M: 1e6, B: 1e9, T: 1e12 }[printed.slice(-1)] ?? 1;
  return Math.round(Number.parseFloat(printed) * unit);
}
