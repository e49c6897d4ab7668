import { modelKey, requestId, tokens } from "@herd/shared";
import type { BodyFacts, RequestFacts } from "../request.ts";

/** A streamed chat with the model `m` that asks for nothing special. */
export const PLAIN_BODY: BodyFacts = {
  kind: "chat",
  model: "m",
  modelRange: { start: 0, end: 0 },
  modelForm: "json",
  isStream: true,
  needed: [],
  promptCharacters: 0,
  imageCount: 0,
  numCtx: undefined,
  loadOptions: "",
  outputLimit: undefined,
  keepAlive: "absent",
  tags: [],
  user: undefined,
  fallbackModels: [],
  ignored: [],
};

/** The same for a model, as request `r-1` of a program on the router's machine that came at the clock's beginning. */
export function plainRequest(model: string, wishes: Partial<RequestFacts> = {}): RequestFacts {
  return {
    ...PLAIN_BODY,
    model,
    requestId: requestId("r-1"),
    dialect: "ollama",
    route: "/api/chat",
    path: "/api/chat",
    modelKey: modelKey(model),
    requestedModel: model,
    promptTokens: tokens(0),
    keepsContext: false,
    client: { address: "127.0.0.1", isLoopback: true },
    arrivedAt: 0,
    ...wishes,
  };
}
