import { modelKey, requestId, tokens } from "@herd/shared";
import type { RequestFacts } from "../../packages/router/src/domain/request.ts";

/** What reading a streamed chat for a model gives. @param at tells it from others */
export function sampleRequest(model: string, at: number): RequestFacts {
  return {
    kind: "chat",
    model,
    modelRange: { start: 10, end: 12 + model.length },
    modelForm: "json",
    isStream: true,
    needed: ["completion"],
    promptCharacters: 1200,
    imageCount: 0,
    numCtx: undefined,
    loadOptions: "",
    outputLimit: undefined,
    keepAlive: "absent",
    tags: [],
    user: undefined,
    fallbackModels: [],
    ignored: [],
    requestId: requestId(`bench-${at}`),
    dialect: "ollama",
    route: "/api/chat",
    path: "/api/chat",
    modelKey: modelKey(`registry.ollama.ai/library/${model}`),
    requestedModel: model,
    promptTokens: tokens(300),
    keepsContext: true,
    client: { address: "127.0.0.1", isLoopback: true },
    arrivedAt: performance.now(),
  };
}
