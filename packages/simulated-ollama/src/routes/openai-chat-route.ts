import { openaiChat } from "../dialects/openai-chat.ts";
import { openaiBadRequest } from "../dialects/openai-error.ts";
import type { Exchange } from "../http/exchange.ts";
import { prepareChat } from "../inference/prepare-chat.ts";
import type { SimulatedNode } from "../node.ts";
import { openaiChatRequest } from "../requests/openai-request.ts";
import { readBody } from "../requests/read-body.ts";
import { readOpenaiChat } from "../requests/read-openai-chat.ts";
import { answerPrepared } from "./answer-prepared.ts";
import { badTopLogprobs } from "./bad-top-logprobs.ts";
import { openV1Body } from "./inference/open-v1-body.ts";

/** POST /v1/chat/completions. */
export async function openaiChatRoute(exchange: Exchange, node: SimulatedNode): Promise<void> {
  const opened = openV1Body(exchange);
  if (opened.kind === "refused") return await exchange.reply.whole(opened.answer);
  const body = readBody(openaiChatRequest, opened.bytes, "EOF");
  if (!body.ok) return await exchange.reply.whole(openaiBadRequest(body.error));
  const chat = readOpenaiChat(body.value);
  if (!chat.ok) return await exchange.reply.whole(openaiBadRequest(chat.error));
  const { model } = chat.value;
  const dialect = openaiChat({
    model,
    id: `chatcmpl-${Math.floor(node.random() * 999)}`,
    includesUsage: body.value.stream_options?.include_usage ?? false,
    repeatsRole: node.features.repeatedRoles,
    now: node.pace.now,
  });
  const error = badTopLogprobs(body.value.top_logprobs);
  if (error !== undefined)
    return await exchange.reply.whole(dialect.refuse({ status: 400, text: error, stage: "route" }));
  const prepared = prepareChat(chat.value, dialect, node);
  await answerPrepared(prepared, { exchange, node, dialect });
}
