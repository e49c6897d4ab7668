/** Every route of Ollama, with its methods. */
import type { WholeAnswer } from "../http/answer.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Route } from "../http/route-table.ts";
import type { SimulatedNode } from "../node.ts";
import { chatRoute } from "./chat-route.ts";
import { cloudRoutes } from "./cloud-routes.ts";
import { type ControlledServer, faultAnswer, runnerAnswer, stateAnswer } from "./control-routes.ts";
import { diskRoutes } from "./disk/disk-routes.ts";
import { generateRoute } from "./generate-route.ts";
import { inferenceRoutes } from "./inference/inference-routes.ts";
import {
  openaiModelAnswer,
  openaiModelsAnswer,
  psAnswer,
  rootAnswer,
  tagsAnswer,
  versionAnswer,
} from "./list-routes.ts";
import { openaiChatRoute } from "./openai-chat-route.ts";
import { routesOfVersion } from "./routes-of-version.ts";
import { showAnswer } from "./show-route.ts";

/** The routes of one node: those that its version has. */
export function ollamaRoutes(node: SimulatedNode): readonly Route[] {
  const whole = (answer: (exchange: Exchange, parameter: string) => WholeAnswer): Route["handle"] => {
    return (exchange, parameter) => exchange.reply.whole(answer(exchange, parameter));
  };
  const routes: readonly Route[] = [
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
    ...inferenceRoutes(node),
    ...diskRoutes(node),
    ...cloudRoutes(),
  ];
  return routesOfVersion(routes, node);
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
    {
      path: "/__simulated/runner",
      methods: ["POST"],
      handle: (exchange) => exchange.reply.whole(runnerAnswer(server, exchange.body)),
    },
  ];
}
