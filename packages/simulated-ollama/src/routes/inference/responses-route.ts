import { openaiBadRequest } from "../../dialects/openai-error.ts";
import { openaiResponses } from "../../dialects/responses/openai-responses.ts";
import type { Exchange } from "../../http/exchange.ts";
import { prepareChat } from "../../inference/prepare-chat.ts";
import type { SimulatedNode } from "../../node.ts";
import { readBody } from "../../requests/read-body.ts";
import { echoRequest } from "../../requests/responses/echo-request.ts";
import { readResponses } from "../../requests/responses/read-responses.ts";
import { responsesRequest } from "../../requests/responses/responses-request.ts";
import { answerPrepared } from "../answer-prepared.ts";
import { openV1Body } from "./open-v1-body.ts";

/** POST /v1/responses. */
export async function responsesRoute(exchange: Exchange, node: SimulatedNode): Promise<void> {
  const opened = openV1Body(exchange);
  if (opened.kind === "refused") return await exchange.reply.whole(opened.answer);
  const body = readBody(responsesRequest, opened.bytes, "EOF");
  const fields = body.ok ? readResponses(body.value) : body;
  if (!body.ok || !fields.ok) {
    return await exchange.reply.whole(openaiBadRequest(fields.ok ? "" : fields.error));
  }
  const { isStream } = fields.value;
  const { now } = node.pace;
  const dialect = openaiResponses({ echo: echoRequest(body.value), isStream, now, random: node.random });
  await answerPrepared(prepareChat(fields.value, dialect, node), { exchange, node, dialect });
}
