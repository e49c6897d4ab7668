/** Every route of Ollama 0.24, with its methods; those that are not simulated yet say so. */
import { jsonAnswer, type WholeAnswer } from "../http/answer.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Route } from "../http/route-table.ts";
import type { SimulatedNode } from "../node.ts";
import { chatRoute } from "./chat-route.ts";
import { type ControlledServer, faultAnswer, stateAnswer } from "./control-routes.ts";
import { generateRoute } from "./generate-route.ts";
import {
  openaiModelAnswer,
  openaiModelsAnswer,
  psAnswer,
  rootAnswer,
  tagsAnswer,
  versionAnswer,
} from "./list-routes.ts";
import { openaiChatRoute } from "./openai-chat-route.ts";
import { showAnswer } from "./show-route.ts";

/** The routes of one node. */
export function ollamaRoutes(node: SimulatedNode): readonly Route[] {
  const whole = (answer: (exchange: Exchange, parameter: string) => WholeAnswer): Route["handle"] => {
    return (exchange, parameter) => exchange.reply.whole(answer(exchange, parameter));
  };
  return [
    { path: "/", methods: ["HEAD", "GET"], handle: whole(rootAnswer) },
    { path: "/api/version", methods: ["HEAD", "GET"], handle: whole(() => versionAnswer(node)) },
    { path: "/api/tags", methods: ["HEAD", "GET"], handle: whole(() => tagsAnswer(node)) },
    { path: "/api/ps", methods: ["GET"], handle: whole(() => psAnswer(node)) },
    { path: "/api/show", methods: ["POST"], handle: whole((exchange) => showAnswer(exchange, node)) },
    { path: "/api/generate", methods: ["POST"], handle: (exchange) => generateRoute(exchange, node) },
    { path: "/api/chat", methods: ["POST"], handle: (exchange) => chatRoute(exchange, node) },
    { path: "/v1/chat/completions", methods: ["POST"], handle: (exchange) => openaiChatRoute(exchange, node) },
    { path: "/v1/models", methods: ["GET"], handle: whole(() => openaiModelsAnswer(node)) },
    { path: "/v1/models/:model", methods: ["GET"], handle: whole((_, model) => openaiModelAnswer(node, model)) },
    ...unserved.map(([path, ...methods]) => ({ path, methods, handle: whole(notSimulated) })),
  ];
}

/** The door for tests in other processes. */
export function controlRoutes(server: ControlledServer): readonly Route[] {
  return [
    {
      path: "/__simulated/state",
      methods: ["GET"],
      handle: (exchange) => exchange.reply.whole(stateAnswer(server)),
    },
    {
      path: "/__simulated/fault",
      methods: ["POST"],
      handle: (exchange) => exchange.reply.whole(faultAnswer(server, exchange.body)),
    },
  ];
}

const unserved: readonly (readonly [string, ...string[]])[] = [
  ["/api/status", "GET"],
  ["/api/embed", "POST"],
  ["/api/embeddings", "POST"],
  ["/api/pull", "POST"],
  ["/api/push", "POST"],
  ["/api/create", "POST"],
  ["/api/copy", "POST"],
  ["/api/delete", "DELETE"],
  ["/api/blobs/:digest", "HEAD", "POST"],
  ["/api/me", "POST"],
  ["/api/signout", "POST"],
  ["/api/user/keys/:key", "DELETE"],
  ["/api/experimental/web_search", "POST"],
  ["/api/experimental/web_fetch", "POST"],
  ["/api/experimental/model-recommendations", "GET"],
  ["/v1/completions", "POST"],
  ["/v1/embeddings", "POST"],
  ["/v1/responses", "POST"],
  ["/v1/messages", "POST"],
  ["/v1/images/generations", "POST"],
  ["/v1/images/edits", "POST"],
  ["/v1/audio/transcriptions", "POST"],
];

function notSimulated(exchange: Exchange): WholeAnswer {
  return jsonAnswer(501, JSON.stringify({ error: `the simulated Ollama does not serve ${exchange.path}` }));
}
