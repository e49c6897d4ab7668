import { openaiCompletion } from "../../dialects/openai-completion.ts";
import { openaiBadRequest } from "../../dialects/openai-error.ts";
import type { Exchange } from "../../http/exchange.ts";
import { prepareGenerate } from "../../inference/prepare-generate.ts";
import type { SimulatedNode } from "../../node.ts";
import { openaiCompletionRequest, readOpenaiCompletion } from "../../requests/openai-completion-request.ts";
import { readBody } from "../../requests/read-body.ts";
import { answerPrepared } from "../answer-prepared.ts";
import { badTopLogprobs } from "../bad-top-logprobs.ts";
import { openV1Body } from "./open-v1-body.ts";

/** POST /v1/completions. */
export async function openaiCompletionRoute(exchange: Exchange, node: SimulatedNode): Promise<void> {
  const opened = openV1Body(exchange);
  if (opened.kind === "refused") return await exchange.reply.whole(opened.answer);
  const body = readBody(openaiCompletionRequest, opened.bytes, "EOF");
  if (!body.ok) return await exchange.reply.whole(openaiBadRequest(body.error));
  const fields = readOpenaiCompletion(body.value);
  if (!fields.ok) return await exchange.reply.whole(openaiBadRequest(fields.error));
  const dialect = openaiCompletion({
    model: fields.value.model ?? "",
    id: `cmpl-${Math.floor(node.random() * 999)}`,
    isStream: fields.value.stream ?? false,
    includesUsage: body.value.stream_options?.include_usage ?? false,
    now: node.pace.now,
  });
  const text = badTopLogprobs(fields.value.top_logprobs);
  if (text !== undefined) return await exchange.reply.whole(dialect.refuse({ status: 400, text, stage: "route" }));
  await answerPrepared(prepareGenerate(fields.value, dialect, node), { exchange, node, dialect });
}
