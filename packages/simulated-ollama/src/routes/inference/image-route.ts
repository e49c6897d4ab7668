import { openaiBadRequest } from "../../dialects/openai-error.ts";
import { openaiImage } from "../../dialects/openai-media.ts";
import type { Exchange } from "../../http/exchange.ts";
import { prepareGenerate } from "../../inference/prepare-generate.ts";
import { int, struct, text } from "../../json/go-type.ts";
import type { SimulatedNode } from "../../node.ts";
import { readBody } from "../../requests/read-body.ts";
import { readImageUrl } from "../../requests/read-image-url.ts";
import { answerPrepared } from "../answer-prepared.ts";
import { openV1Body } from "./open-v1-body.ts";

const shared = { model: text, prompt: text, size: text, seed: int };
const bodies = {
  generations: struct("openai.ImageGenerationRequest", { ...shared, n: int, response_format: text, image: text }),
  edits: struct("openai.ImageEditRequest", { ...shared, image: text }),
};

/** POST /v1/images/generations and /v1/images/edits, with models that make no pictures. */
export async function imageRoute(kind: keyof typeof bodies, exchange: Exchange, node: SimulatedNode): Promise<void> {
  const opened = openV1Body(exchange);
  if (opened.kind === "refused") return await exchange.reply.whole(opened.answer);
  const body = readBody(bodies[kind], opened.bytes, "EOF");
  const error = body.ok ? wrongFields(body.value, kind) : body.error;
  if (!body.ok || error !== undefined) return await exchange.reply.whole(openaiBadRequest(error ?? ""));
  const dialect = openaiImage();
  const { model = "", prompt = "" } = body.value;
  await answerPrepared(prepareGenerate({ model, prompt }, dialect, node), { exchange, node, dialect });
}

interface ImageBody {
  readonly model?: string;
  readonly prompt?: string;
  readonly image?: string;
}

function wrongFields({ model, prompt, image }: ImageBody, kind: keyof typeof bodies): string | undefined {
  if (!prompt) return "prompt is required";
  if (!model) return "model is required";
  if (kind === "generations") return undefined;
  if (!image) return "image is required";
  const read = readImageUrl(image);
  return read.ok ? undefined : `invalid image: ${read.error}`;
}
