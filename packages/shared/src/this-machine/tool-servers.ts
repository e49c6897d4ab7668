import { field, isObject, isOwnedBy, modelsIn, text, titledAs } from "./answer-fields.ts";
import type { KnownServer } from "./known-server.ts";

/** Programs that compute by themselves. Their common list of models comes last: the others are told apart by more. */
export const toolServers: readonly KnownServer[] = [
  {
    kind: "inference",
    name: "LM Studio",
    ports: [1234],
    paths: ["/lmstudio-greeting"],
    marksIn: ([greeting]) => (field(greeting, "lmstudio") === true ? {} : undefined),
  },
  {
    kind: "inference",
    name: "llama-server",
    ports: [8080],
    paths: ["/props"],
    marksIn: ([props]) =>
      props?.software === "llama.cpp" || isObject(field(props, "default_generation_settings"))
        ? { version: text(field(props, "build_info")) }
        : undefined,
  },
  {
    kind: "speech",
    name: "whisper.cpp",
    ports: [8080],
    paths: ["/"],
    marksIn: ([root]) => (root?.status === 200 && /<title>\s*whisper\.cpp server/i.test(root.text) ? {} : undefined),
  },
  {
    kind: "image",
    name: "ComfyUI",
    ports: [8188],
    paths: ["/system_stats"],
    marksIn: ([stats]) => {
      const system = field(stats, "system");
      const isComfy = isObject(system) && Array.isArray(field(stats, "devices")) && "python_version" in system;
      return isComfy ? { version: text(system["comfyui_version"]) } : undefined;
    },
  },
  {
    kind: "image",
    name: "Stable Diffusion web UI",
    ports: [7860],
    paths: ["/sdapi/v1/progress?skip_current_image=true"],
    marksIn: ([progress]) =>
      typeof field(progress, "eta_relative") === "number" && isObject(field(progress, "state")) ? {} : undefined,
  },
  {
    kind: "inference",
    name: "text-generation-webui",
    ports: [5000],
    paths: ["/v1/internal/model/info"],
    marksIn: ([model]) =>
      field(model, "model_name") !== undefined && Array.isArray(field(model, "lora_names")) ? {} : undefined,
  },
  {
    kind: "speech",
    name: "Speaches",
    ports: [8000],
    paths: ["/openapi.json"],
    marksIn: ([document]) => titledAs(document, /^(speaches|faster[- ]whisper[- ]server)$/i),
  },
  {
    kind: "speech",
    name: "Whisper ASR webservice",
    ports: [9000],
    paths: ["/openapi.json"],
    marksIn: ([document]) => titledAs(document, /^whisper asr webservice$/i),
  },
  {
    kind: "inference",
    name: "vLLM",
    ports: [8000],
    paths: ["/v1/models", "/version"],
    marksIn: ([list, version]) => (isOwnedBy(list, "vllm") ? { version: text(field(version, "version")) } : undefined),
  },
  {
    kind: "inference",
    name: "SGLang",
    ports: [30_000],
    paths: ["/v1/models"],
    marksIn: ([list]) => (isOwnedBy(list, "sglang") ? {} : undefined),
  },
  {
    kind: "inference",
    name: "mlx_lm.server",
    ports: [8080, 11_440],
    paths: ["/v1/models"],
    // Python's plain server, and a list whose entries name no owner.
    marksIn: ([list]) => {
      const isPlain = /^BaseHTTP\/[\d.]+ Python\//.test(list?.software ?? "");
      const models = modelsIn(list);
      return isPlain && models?.every((model) => model["owned_by"] === undefined) === true ? {} : undefined;
    },
  },
  {
    kind: "inference",
    name: "an OpenAI-compatible server",
    ports: [1234, 5000, 8000, 8080, 11_440, 30_000],
    paths: ["/v1/models"],
    marksIn: ([list]) => (modelsIn(list) === undefined ? undefined : {}),
  },
];
