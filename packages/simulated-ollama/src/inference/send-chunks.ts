import type { Chunks, Envelope } from "../dialects/dialect.ts";
import type { RawHeaders } from "../http/answer.ts";
import type { Exchange } from "../http/exchange.ts";

/** Sends the next chunks of a stream; the head goes first, even when there is no chunk to go with it. */
export async function sendChunks(chunks: Chunks, headers: RawHeaders, { reply }: Exchange): Promise<void> {
  if (!reply.hasBegun()) {
    reply.begin(headers);
    if (chunks.length === 0) await reply.record("");
  }
  for (const chunk of chunks) await reply.record(chunk);
}

/** Sends the answer to a request without a prompt. */
export async function sendLoad(reason: "load" | "unload", dialect: Envelope, exchange: Exchange): Promise<void> {
  const answer = dialect.loadOnly(reason);
  if (!isChunks(answer)) return await exchange.reply.whole(answer);
  await sendChunks(answer, dialect.streamHeaders, exchange);
  exchange.reply.end();
}

function isChunks(answer: ReturnType<Envelope["loadOnly"]>): answer is Chunks {
  return Array.isArray(answer);
}
