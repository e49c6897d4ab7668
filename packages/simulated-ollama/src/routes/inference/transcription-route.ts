import { openaiBadRequest } from "../../dialects/openai-error.ts";
import { openaiTranscription } from "../../dialects/openai-media.ts";
import type { Exchange } from "../../http/exchange.ts";
import { prepareChat } from "../../inference/prepare-chat.ts";
import type { SimulatedNode } from "../../node.ts";
import { readTranscription } from "../../requests/read-transcription.ts";
import { answerPrepared } from "../answer-prepared.ts";

/** POST /v1/audio/transcriptions: a model that cannot hear writes its text all the same. */
export async function transcriptionRoute(exchange: Exchange, node: SimulatedNode): Promise<void> {
  const { searchParams: query } = new URL(exchange.received.path, "http://node");
  const contentType = exchange.header("content-type") ?? "";
  const read = await readTranscription({ contentType, body: exchange.body, query });
  if (!read.ok) return await exchange.reply.whole(openaiBadRequest(read.error));
  const dialect = openaiTranscription(read.value.format);
  await answerPrepared(prepareChat(read.value.fields, dialect, node), { exchange, node, dialect });
}
