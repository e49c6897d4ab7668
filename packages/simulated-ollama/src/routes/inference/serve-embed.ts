import type { EmbedDialect } from "../../dialects/embeddings/embed-dialect.ts";
import type { Exchange } from "../../http/exchange.ts";
import { type EmbedFields, type EmbedTask, prepareEmbed } from "../../inference/prepare-embed.ts";
import { serveInference } from "../../inference/serve-inference.ts";

/** What a route adds to the fields. */
export interface EmbedExchange extends EmbedTask {
  readonly exchange: Exchange;
  readonly dialect: EmbedDialect;
}

/** Answers a wish for vectors whose model was found. */
export async function serveEmbed(fields: EmbedFields, task: EmbedExchange): Promise<void> {
  const { exchange, dialect, node } = task;
  const prepared = prepareEmbed(fields, task);
  if (prepared.kind === "intent") return await serveInference(prepared.intent, exchange, node);
  await exchange.reply.whole(dialect.refuse({ ...prepared, stage: "route" }));
}
