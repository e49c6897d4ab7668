/** The native routes for vectors. */
import { ollamaEmbed, ollamaEmbeddings } from "../../dialects/embeddings/ollama-embed.ts";
import { ollamaRefusal } from "../../dialects/ollama-refusal.ts";
import type { Exchange } from "../../http/exchange.ts";
import { isEmbeddingModel } from "../../inference/prepare-embed.ts";
import type { SimulatedNode } from "../../node.ts";
import { embeddingsRequest, embedRequest, inputTexts } from "../../requests/embed-request.ts";
import { missingBody, readBody } from "../../requests/read-body.ts";
import { findEmbedModel } from "./find-embed-model.ts";
import { serveEmbed } from "./serve-embed.ts";

/** POST /api/embed. */
export async function embedRoute(exchange: Exchange, node: SimulatedNode): Promise<void> {
  const body = readBody(embedRequest, exchange.body, missingBody);
  if (!body.ok) return await refuse(exchange, 400, body.error);
  const { model: name = "", input, truncate = true, dimensions = 0, keep_alive: keepAliveMs, options } = body.value;
  const texts = inputTexts(input);
  const found = findEmbedModel(name, texts !== undefined, node.library);
  if (!found.ok) return await refuse(exchange, found.status, found.text);
  const fields = { texts: texts ?? [], truncate, dimensions, keepAliveMs, options };
  await serveEmbed(fields, { exchange, node, model: found.model, dialect: ollamaEmbed(name) });
}

/** POST /api/embeddings. */
export async function embeddingsRoute(exchange: Exchange, node: SimulatedNode): Promise<void> {
  const body = readBody(embeddingsRequest, exchange.body, missingBody);
  if (!body.ok) return await refuse(exchange, 400, body.error);
  const { model: name = "", prompt = "", keep_alive: keepAliveMs, options } = body.value;
  if (name.trim() === "") return await refuse(exchange, 400, "model is required");
  const found = findEmbedModel(name, true, node.library);
  if (!found.ok) return await refuse(exchange, found.status, found.text);
  const texts = prompt === "" ? [] : [prompt];
  const fields = { texts, truncate: false, dimensions: 0, keepAliveMs, options };
  const dialect = ollamaEmbeddings(isEmbeddingModel(found.model) ? 1 : completionNorm);
  await serveEmbed(fields, { exchange, node, model: found.model, dialect });
}

/** The length of the recorded vectors of a completion model, which this route leaves as the model made them. */
const completionNorm = 40;

async function refuse(exchange: Exchange, status: number, text: string): Promise<void> {
  await exchange.reply.whole(ollamaRefusal({ status, text, stage: "route" }));
}
