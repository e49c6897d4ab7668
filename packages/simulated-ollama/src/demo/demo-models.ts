import type { SimulatedModel } from "../options.ts";

/** The models of the demo, by what they are for. */
export const demoModels = {
  chat: {
    name: "demo-chat:latest",
    sizeBytes: 4_920_753_328,
    capabilities: ["completion", "tools"],
    contextLength: 131_072,
    parameterSize: "8.0B",
    quantization: "Q4_K_M",
    family: "llama",
  },
  thinker: {
    name: "demo-thinker:latest",
    sizeBytes: 9_276_198_565,
    capabilities: ["completion", "tools", "thinking"],
    contextLength: 40_960,
    parameterSize: "14.8B",
    quantization: "Q4_K_M",
    family: "qwen3",
  },
  vision: {
    name: "demo-vision:latest",
    sizeBytes: 3_338_801_804,
    capabilities: ["completion", "vision"],
    contextLength: 131_072,
    parameterSize: "4.3B",
    quantization: "Q4_K_M",
    family: "gemma3",
  },
  embed: {
    name: "demo-embed:latest",
    sizeBytes: 274_302_450,
    capabilities: ["embedding"],
    contextLength: 2_048,
    parameterSize: "137M",
    quantization: "F16",
    family: "bert",
  },
} as const satisfies Readonly<Record<string, SimulatedModel>>;
