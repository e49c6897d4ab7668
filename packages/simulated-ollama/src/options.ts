import type { Speech } from "./generation/plan-answer.ts";

/** One model on the simulated disk. */
export interface SimulatedModel {
  /** As `ollama list` shows it; a missing tag means `latest`. */
  readonly name: string;
  /** Size on disk in bytes; with the disk's speed it gives the load time. */
  readonly sizeBytes: number;
  /** As `/api/show` lists them: `completion`, `embedding`, `tools`, `thinking`, `vision`, `insert`. */
  readonly capabilities: readonly string[];
  /** The context the model was trained with, in tokens: larger values of `num_ctx` are clipped to it. */
  readonly contextLength: number;
  /** As printed, for instance `8.0B`. */
  readonly parameterSize: string;
  /** As printed, for instance `Q4_K_M`. */
  readonly quantization: string;
  /** The architecture, for instance `llama`. */
  readonly family: string;
  /** Of the manifest, 64 hexadecimal digits. Default: derived from the other fields. */
  readonly digest?: string;
  /** Of the weights, 64 hexadecimal digits. Names with the same weights share one loaded runner. Default: `digest`. */
  readonly weights?: string;
  /** The template of its prompts. Default: one that suits the capabilities. */
  readonly template?: string;
  /** The system prompt that it was made with. */
  readonly system?: string;
  /** Options that requests need not give, such as `num_ctx`. Default: stop strings that suit the template. */
  readonly parameters?: ModelParameters;
  readonly licenses?: readonly string[];
  /** Files that change its weights: a name with other ones needs a reload although its weights are the same. */
  readonly adapters?: readonly { readonly digest: string; readonly sizeBytes: number }[];
  /** Messages that every chat begins with. */
  readonly messages?: readonly { readonly role: string; readonly content: string }[];
  /** The name of the model that it was made from. */
  readonly parentModel?: string;
}

/** Options of a model, as its Modelfile gives them. */
export type ModelParameters = Readonly<Record<string, ParameterValue | readonly ParameterValue[]>>;

type ParameterValue = string | number | boolean;

/** The machine that the simulated Ollama pretends to run on. */
export interface SimulatedMachine {
  readonly memoryBytes: number;
  /** 0 = no graphics card. */
  readonly vramBytes: number;
  readonly diskBytesPerSecond: number;
  /** Room for models in bytes. Default: endless. */
  readonly diskBytes: number;
  /** How fast models are pulled and pushed, all transfers together. Default: 50 MB/s. */
  readonly networkBytesPerSecond: number;
  /** How fast one prompt is read when nothing of it is remembered. */
  readonly prefillTokensPerSecond: number;
  /** How fast one answer is written while no other answer of the same model is. */
  readonly decodeTokensPerSecond: number;
}

/** A model that is made up when it is pulled. */
export interface InventedModel {
  /** Its name may differ from the one that was asked for. */
  readonly model: SimulatedModel;
  /** The first progress record says this. */
  readonly notice: string;
}

/** All of it is optional; the defaults describe a small machine with one graphics card. */
export interface SimulatedOllamaOptions {
  /** Listed newest first, in this order. Default: the three models of the recordings. */
  readonly models?: readonly SimulatedModel[];
  readonly machine?: Partial<SimulatedMachine>;
  /** OLLAMA_NUM_PARALLEL: answers that one loaded model writes at a time. Default 1. */
  readonly numParallel?: number;
  /** OLLAMA_MAX_LOADED_MODELS. Default 3. */
  readonly maxLoadedModels?: number;
  /** OLLAMA_KEEP_ALIVE in milliseconds; negative = for ever. Default: 5 minutes. */
  readonly keepAliveMs?: number;
  /** OLLAMA_ORIGINS: origins that may call beside the local ones, with at most one `*` each; `*` alone = all. */
  readonly origins?: readonly string[];
  /** What can be pulled beside the models above. Default: a dozen well-known ones. */
  readonly catalogue?: readonly SimulatedModel[];
  /** No network: every pull and push fails. Default false. */
  readonly isOffline?: boolean;
  /** OLLAMA_MAX_QUEUE: requests that may wait for a load. Default 512. */
  readonly maxQueue?: number;
  /** OLLAMA_CONTEXT_LENGTH: the context of a request that names none. Default 4096. */
  readonly defaultContext?: number;
  /**
   * Decides which routes and dialects there are, as `versions/version-table.ts` tells; everything else is as recorded
   * from 0.24.0, the default. `0.0.0` and texts that are no version behave like the default and are reported as given.
   */
  readonly version?: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 = any free port (the default); it is kept for the life of the object. */
  readonly port?: number;
  /** Names of models that are loaded from the start. */
  readonly loaded?: readonly string[];
  /**
   * Multiplies every simulated time: 1 = the machine's speeds, 0 = instant (the default). Reported durations are always
   * those of the machine. Keep-alive and the times of faults are never scaled.
   */
  readonly timeScale?: number;
  /** What a model, named as listed, says in free text. Default: pseudo text. */
  readonly speak?: (model: string) => Speech;
  /** What comes when a name is pulled, in place of what the registry has. Default: the registry's. */
  readonly invent?: (name: string) => InventedModel;
  /** Serves `/__simulated/state` and `/__simulated/fault`. Default false. */
  readonly control?: boolean;
}

/** The options with every default filled in. */
export interface ResolvedOptions
  extends Required<Omit<SimulatedOllamaOptions, "machine" | "speak" | "invent" | "catalogue">> {
  readonly catalogue?: readonly SimulatedModel[];
  readonly speak?: (model: string) => Speech;
  readonly invent?: (name: string) => InventedModel;
  readonly machine: SimulatedMachine;
}

const gibibyte = 2 ** 30;

/** Three small models as recorded from a real node: a llama, a gemma3 and an embedding model. */
export const recordedModels: readonly SimulatedModel[] = [
  {
    name: "all-minilm:latest",
    sizeBytes: 45_949_702,
    capabilities: ["embedding"],
    contextLength: 512,
    parameterSize: "22.57M",
    quantization: "F16",
    family: "bert",
    weights: "33043751371241f019135a1f04da5359d555058e9400b673dc12fda072304ef7",
    digest: "e77cefe96a8ce61517eac6bb67b75c15a7cd0b099bc1e2aac118e09d122919ba",
  },
  {
    name: "gemma3:270m",
    sizeBytes: 253_113_859,
    capabilities: ["completion"],
    contextLength: 32_768,
    parameterSize: "268.10M",
    quantization: "Q4_K_M",
    family: "gemma3",
    weights: "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
    digest: "acdda743ffce64a12eab591efb85b564e7f778826bb52157e1176733943b7038",
  },
  {
    name: "smollm2:135m",
    sizeBytes: 98_363_007,
    capabilities: ["completion"],
    contextLength: 8192,
    parameterSize: "134.52M",
    quantization: "Q4_1",
    family: "llama",
    weights: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    digest: "b8e5891120eaead466c8c1d8cb889afb20a09197cea2c7193a3fd2b95fa40f48",
  },
];

/** Fills in the defaults. */
export function resolveOptions(options: SimulatedOllamaOptions): ResolvedOptions {
  return {
    models: recordedModels,
    numParallel: 1,
    maxLoadedModels: 3,
    maxQueue: 512,
    defaultContext: 4096,
    version: "0.24.0",
    host: "127.0.0.1",
    port: 0,
    loaded: [],
    timeScale: 0,
    control: false,
    keepAliveMs: 5 * 60_000,
    origins: [],
    isOffline: false,
    ...options,
    machine: {
      memoryBytes: 64 * gibibyte,
      vramBytes: 24 * gibibyte,
      diskBytesPerSecond: 2e9,
      diskBytes: Number.POSITIVE_INFINITY,
      networkBytesPerSecond: 50e6,
      prefillTokensPerSecond: 2000,
      decodeTokensPerSecond: 80,
      ...options.machine,
    },
  };
}
