import type { StandInAnswers } from "./stand-in-server.ts";

// Answers of real programs, in part: what the agent reads, and enough beside it that reading too much would show.

const PATH = "/models/SmolLM2-135M-Instruct.Q4_1.gguf";

/** llama-server, build 11434, started with `-m` and `-np 2`. */
export const llamaServer: StandInAnswers = {
  "GET /v1/models": {
    models: [{ name: PATH, model: PATH, modified_at: "", size: "", capabilities: ["completion"] }],
    object: "list",
    data: [
      {
        id: PATH,
        aliases: [PATH],
        object: "model",
        architecture: { input_modalities: ["text"], output_modalities: ["text"] },
        created: 1_795_387_972,
        owned_by: "llamacpp",
        meta: {
          vocab_type: 2,
          n_vocab: 49_152,
          n_ctx: 2048,
          n_ctx_train: 8192,
          n_embd: 576,
          n_params: 134_515_008,
          size: 96_576_768,
          ftype: "Q4_1",
        },
      },
    ],
  },
  "GET /props": {
    default_generation_settings: { params: { temperature: 0.8 }, n_ctx: 2048 },
    total_slots: 2,
    model_path: PATH,
    modalities: { vision: false, audio: false },
    chat_template: "{% for message in messages %}{{ message['content'] }}{% endfor %}",
    chat_template_caps: { supports_tools: false, supports_tool_calls: false },
    build_info: "b11434-abcdef01",
    is_sleeping: false,
  },
  "POST /v1/embeddings": [
    501,
    { error: { code: 501, message: "This server does not support embeddings.", type: "not_supported_error" } },
  ],
};

/** A llama-server while it reads its model. */
export const llamaServerLoading: StandInAnswers = Object.fromEntries(
  Object.keys(llamaServer).map((name) => [
    name,
    [503, { error: { message: "Loading model", type: "unavailable_error", code: 503 } }],
  ]),
);

/** A llama-server that starts others for the models it is asked for. */
export const llamaRouter: StandInAnswers = {
  "GET /v1/models": {
    data: [
      {
        id: "org/one:Q4_K_M",
        object: "model",
        owned_by: "llamacpp",
        created: 1,
        status: { value: "loaded", args: [] },
      },
      {
        id: "org/two:Q8_0",
        object: "model",
        owned_by: "llamacpp",
        created: 1,
        status: { value: "unloaded", args: [] },
      },
    ],
    object: "list",
  },
  "GET /props": { role: "router", max_instances: 4, default_generation_settings: { n_ctx: 0 }, build_info: "b11434" },
};

/** vLLM with one model and an adapter. */
export const vllm: StandInAnswers = {
  "GET /v1/models": {
    object: "list",
    data: [
      {
        id: "meta-llama/Llama-3.1-8B-Instruct",
        object: "model",
        created: 1_723_770_563,
        owned_by: "vllm",
        root: "meta-llama/Llama-3.1-8B-Instruct",
        parent: null,
        max_model_len: 8096,
        permission: [{ id: "modelperm-1", object: "model_permission" }],
      },
      {
        id: "sql-lora",
        object: "model",
        created: 1,
        owned_by: "vllm",
        root: "/lora",
        parent: "x",
        max_model_len: null,
      },
    ],
  },
  "GET /version": { version: "0.11.0" },
};

/** LM Studio with just-in-time loading: everything that was downloaded is listed. */
export const lmStudio: StandInAnswers = {
  "GET /v1/models": {
    data: ["qwen/qwen2.5-vl-7b", "llama-3.2-3b-instruct", "text-embedding-nomic-embed-text-v1.5"].map((id) => ({
      id,
      object: "model",
      owned_by: "organization_owner",
    })),
    object: "list",
  },
  "GET /api/v0/models": {
    object: "list",
    data: [
      {
        id: "qwen/qwen2.5-vl-7b",
        object: "model",
        type: "vlm",
        publisher: "mlx-community",
        arch: "qwen2_vl",
        compatibility_type: "mlx",
        quantization: "4bit",
        state: "not-loaded",
        max_context_length: 32_768,
      },
      {
        id: "llama-3.2-3b-instruct",
        object: "model",
        type: "llm",
        arch: "llama",
        compatibility_type: "gguf",
        quantization: "Q4_K_M",
        state: "loaded",
        max_context_length: 131_072,
        loaded_context_length: 4096,
      },
      {
        id: "text-embedding-nomic-embed-text-v1.5",
        object: "model",
        type: "embeddings",
        arch: "nomic-bert",
        compatibility_type: "gguf",
        quantization: "Q4_0",
        state: "not-loaded",
        max_context_length: 2048,
      },
    ],
  },
};

/** mlx_lm.server with a model in a folder: the download cache is listed, too. */
export const mlxLm: StandInAnswers = {
  "GET /v1/models": {
    object: "list",
    data: [
      { id: "mlx-community/Mistral-7B-Instruct-v0.3-4bit", object: "model", created: 1_790_000_000 },
      { id: "/Users/me/models/Qwen3-4bit", object: "model", created: 1_790_000_000 },
    ],
  },
};
/** Its header `Server`. */
export const MLX_SOFTWARE = "BaseHTTP/0.6 Python/3.12.4";
