import { ollamaGenerate } from "../dialects/ollama-generate.ts";
import { ollamaRefusal } from "../dialects/ollama-refusal.ts";
import type { Exchange } from "../http/exchange.ts";
import { prepareGenerate } from "../inference/prepare-generate.ts";
import type { SimulatedNode } from "../node.ts";
import { generateRequest, schemalessRequests } from "../requests/chat-request.ts";
import { missingBody, readBody } from "../requests/read-body.ts";
import { answerPrepared } from "./answer-prepared.ts";
import { badTopLogprobs } from "./bad-top-logprobs.ts";

/** POST /api/generate. */
export async function generateRoute(exchange: Exchange, node: SimulatedNode): Promise<void> {
  const type = node.features.schemaFormats ? generateRequest : schemalessRequests.generate;
  const body = readBody(type, exchange.body, missingBody);
  const error = body.ok ? badTopLogprobs(body.value.top_logprobs) : body.error;
  if (!body.ok || error !== undefined) {
    return await exchange.reply.whole(ollamaRefusal({ status: 400, text: error ?? "", stage: "route" }));
  }
  const model = body.value.model ?? "";
  const dialect = ollamaGenerate({ model, isRaw: body.value.raw ?? false, now: node.pace.now });
  const prepared = prepareGenerate(body.value, dialect, node);
  await answerPrepared(prepared, { exchange, node, dialect });
}
