import { ollamaChat } from "../dialects/ollama-chat.ts";
import { ollamaRefusal } from "../dialects/ollama-refusal.ts";
import type { Exchange } from "../http/exchange.ts";
import { type ChatFields, prepareChat } from "../inference/prepare-chat.ts";
import type { SimulatedNode } from "../node.ts";
import { chatRequest, schemalessRequests } from "../requests/chat-request.ts";
import { missingBody, readBody } from "../requests/read-body.ts";
import { answerPrepared } from "./answer-prepared.ts";
import { badTopLogprobs } from "./bad-top-logprobs.ts";

/** POST /api/chat. */
export async function chatRoute(exchange: Exchange, node: SimulatedNode): Promise<void> {
  const type = node.features.schemaFormats ? chatRequest : schemalessRequests.chat;
  const body = readBody(type, exchange.body, missingBody);
  const error = body.ok ? badTopLogprobs(body.value.top_logprobs) : body.error;
  if (!body.ok || error !== undefined) {
    return await exchange.reply.whole(ollamaRefusal({ status: 400, text: error ?? "", stage: "route" }));
  }
  const fields = chatFields(body.value);
  const dialect = ollamaChat(fields.model, node.pace.now);
  const prepared = prepareChat(fields, dialect, node);
  await answerPrepared(prepared, { exchange, node, dialect });
}

type ChatBody = NonNullable<ReturnType<(typeof chatRequest)["decode"]>>;

function chatFields(body: ChatBody): ChatFields {
  return {
    model: body.model ?? "",
    messages: (body.messages ?? []).map((message) => ({
      role: (message.role ?? "").toLowerCase(),
      content: message.content ?? "",
      images: message.images ?? [],
    })),
    isStream: body.stream ?? true,
    format: body.format,
    keepAliveMs: body.keep_alive,
    tools: body.tools ?? [],
    options: body.options,
    think: body.think,
    truncate: body.truncate ?? true,
    shift: body.shift ?? true,
    topLogprobs: body.logprobs === true ? (body.top_logprobs ?? 0) : undefined,
    isRenderOnly: body._debug_render_only ?? false,
  };
}
