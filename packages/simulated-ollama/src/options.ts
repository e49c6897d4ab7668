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
  /** 64 hexadecimal digits. Two names with one digest share one loaded runner. Default: derived from the other fields. */
  readonly digest?: string;
}

/** The machine that the simulated Ollama pretends to run on. */
export interface SimulatedMachine {
  readonly memoryBytes: number;
  /** 0 = no graphics card. */
  readonly vramBytes: number;
  readonly diskBytesPerSecond: number;
  /** How fast one prompt is read when nothing of it is remembered. */
  readonly prefillTokensPerSecond: number;
  /** How fast one answer is written while no other answer of the same model is. */
  readonly decodeTokensPerSecond: number;
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
  /** OLLAMA_MAX_QUEUE: requests that may wait for a load. Default 512. */
  readonly maxQueue?: number;
  /** OLLAMA_CONTEXT_LENGTH: the context of a request that names none. Default 4096. */
  readonly defaultContext?: number;
  /** Default `0.24.0`. */
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
  /** Serves `/__simulated/state` and `/__simulated/fault`. Default false. */
  readonly control?: boolean;
}

/** The options with every default filled in. */
export interface ResolvedOptions extends Required<Omit<SimulatedOllamaOptions, "machine">> {
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
    ...options,
    machine: {
      memoryBytes: 64 * gibibyte,
      vramBytes: 24 * gibibyte,
      diskBytesPerSecond: 2e9,
      prefillTokensPerSecond: 2000,
      decodeTokensPerSecond: 80,
      ...options.machine,
    },
  };
}
