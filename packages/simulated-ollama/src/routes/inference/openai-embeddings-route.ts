import { openaiEmbeddings } from "../../dialects/embeddings/openai-embeddings.ts";
import { openaiBadRequest } from "../../dialects/openai-error.ts";
import type { Exchange } from "../../http/exchange.ts";
import type { JsonNode } from "../../json/parse-json.ts";
import type { SimulatedNode } from "../../node.ts";
import { inputTexts, openaiEmbeddingsRequest } from "../../requests/embed-request.ts";
import { readBody } from "../../requests/read-body.ts";
import { findEmbedModel } from "./find-embed-model.ts";
import { openV1Body } from "./open-v1-body.ts";
import { serveEmbed } from "./serve-embed.ts";

/** POST /v1/embeddings. */
export async function openaiEmbeddingsRoute(exchange: Exchange, node: SimulatedNode): Promise<void> {
  const opened = openV1Body(exchange);
  if (opened.kind === "refused") return await exchange.reply.whole(opened.answer);
  const body = readBody(openaiEmbeddingsRequest, opened.bytes, "EOF");
  const error = body.ok ? wrongFields(body.value.encoding_format ?? "", body.value.input) : body.error;
  if (!body.ok || error !== undefined) return await exchange.reply.whole(openaiBadRequest(error ?? ""));
  const { model: name = "", dimensions = 0, input, encoding_format: format } = body.value;
  const dialect = openaiEmbeddings(name, format?.toLowerCase() === "base64" ? "base64" : "float");
  // Unlike on the native route an empty text is a text.
  const texts = input?.kind === "string" ? [input.value] : inputTexts(input);
  const found = findEmbedModel(name, texts !== undefined, node.library);
  if (!found.ok) return await exchange.reply.whole(dialect.refuse({ ...found, stage: "route" }));
  const fields = { texts: texts ?? [], truncate: true, dimensions, keepAliveMs: undefined, options: undefined };
  await serveEmbed(fields, { exchange, node, model: found.model, dialect });
}

function wrongFields(format: string, input: JsonNode | undefined): string | undefined {
  if (!["", "float", "base64"].includes(format.toLowerCase())) {
    return `Invalid value for 'encoding_format' = ${format}. Supported values: ['float', 'base64'].`;
  }
  const isEmpty = input === undefined || input.kind === "null" || (input.kind === "array" && input.items.length === 0);
  return isEmpty ? "invalid input" : undefined;
}
