/** The routes that make a model work, but for the three whose files lie beside this folder. */
import type { Exchange } from "../../http/exchange.ts";
import type { Route } from "../../http/route-table.ts";
import type { SimulatedNode } from "../../node.ts";
import { embeddingsRoute, embedRoute } from "./embed-routes.ts";
import { imageRoute } from "./image-route.ts";
import { messagesRoute } from "./messages-route.ts";
import { openaiCompletionRoute } from "./openai-completion-route.ts";
import { openaiEmbeddingsRoute } from "./openai-embeddings-route.ts";
import { responsesRoute } from "./responses-route.ts";
import { transcriptionRoute } from "./transcription-route.ts";

/** Vectors, the rest of the OpenAI dialect, and the Anthropic one. */
export function inferenceRoutes(node: SimulatedNode): readonly Route[] {
  return Object.entries(handlers).map(([path, handle]) => ({
    path,
    methods: ["POST"],
    handle: (exchange) => handle(exchange, node),
  }));
}

const handlers: Readonly<Record<string, (exchange: Exchange, node: SimulatedNode) => Promise<void>>> = {
  "/api/embed": embedRoute,
  "/api/embeddings": embeddingsRoute,
  "/v1/completions": openaiCompletionRoute,
  "/v1/embeddings": openaiEmbeddingsRoute,
  "/v1/responses": responsesRoute,
  "/v1/messages": messagesRoute,
  "/v1/images/generations": (exchange, node) => imageRoute("generations", exchange, node),
  "/v1/images/edits": (exchange, node) => imageRoute("edits", exchange, node),
  "/v1/audio/transcriptions": transcriptionRoute,
};
