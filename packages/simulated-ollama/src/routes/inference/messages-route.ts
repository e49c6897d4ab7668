import { anthropicBadRequest } from "../../dialects/anthropic/anthropic-error.ts";
import { anthropicMessages } from "../../dialects/anthropic/anthropic-messages.ts";
import type { Exchange } from "../../http/exchange.ts";
import { prepareChat } from "../../inference/prepare-chat.ts";
import type { SimulatedNode } from "../../node.ts";
import { estimateTokens } from "../../requests/anthropic/estimate-tokens.ts";
import { messagesRequest } from "../../requests/anthropic/messages-request.ts";
import { readMessages } from "../../requests/anthropic/read-messages.ts";
import { readBody } from "../../requests/read-body.ts";
import { answerPrepared } from "../answer-prepared.ts";
import { openV1Body } from "./open-v1-body.ts";

/** POST /v1/messages. Keys and versions in the headers are not looked at. */
export async function messagesRoute(exchange: Exchange, node: SimulatedNode): Promise<void> {
  const opened = openV1Body(exchange);
  if (opened.kind === "refused") return await exchange.reply.whole(opened.answer);
  const body = readBody(messagesRequest, opened.bytes, "EOF");
  const fields = body.ok ? readMessages(body.value) : body;
  if (!body.ok || !fields.ok) {
    const text = fields.ok ? "" : fields.error;
    return await exchange.reply.whole(anthropicBadRequest(text, node.random));
  }
  const { model, isStream } = fields.value;
  const estimatedTokens = estimateTokens(body.value);
  const dialect = anthropicMessages({ model, isStream, estimatedTokens, random: node.random });
  await answerPrepared(prepareChat(fields.value, dialect, node), { exchange, node, dialect });
}
