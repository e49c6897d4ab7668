import type { ReplyTranslator, Translation, TranslationTask } from "../../../domain/translation.ts";
import type { WireRoute } from "../../../domain/wire-route.ts";
import { readEmbedUsage } from "../../ollama/embed/embed-usage.ts";
import { readAnswerUsage } from "../../openai/embeddings/embeddings-usage.ts";
import { createAnswerTap } from "../../tap/answer-tap.ts";
import { goJson } from "../go-value.ts";
import type { JsonObject } from "../neutral.ts";
import { translatedTapOf } from "../translated-tap.ts";
import { type EmbeddingRoute, type EmbeddingWish, readWish } from "./embedding-wish.ts";
import { encodeWish } from "./encode-wish.ts";
import { readVectors } from "./read-vectors.ts";
import { shapedVector, type VectorShape } from "./vector.ts";
import { vectorForms } from "./write-vectors.ts";

/** A longer answer is none: 2,048 texts with 4,096 numbers each take some 100 MB. */
const LONGEST_ANSWER = 512 * 1024 * 1024;
const NANOSECONDS_PER_MS = 1e6;
const NOTHING = new Uint8Array(0);

/** Whether a route gives vectors. */
export const isEmbeddingRoute = (route: WireRoute): route is EmbeddingRoute => Object.hasOwn(vectorForms, route);

export interface EmbeddingTask extends Omit<TranslationTask, "from" | "to" | "body"> {
  readonly from: EmbeddingRoute;
  readonly to: EmbeddingRoute;
  /** The client's body as it was parsed. */
  readonly body: JsonObject;
}

/** Says a request for vectors in the words of another route, and the answer in the client's. `now`: Unix epoch ms. */
export const translateEmbedding = (task: EmbeddingTask, { now }: { readonly now: () => number }): Translation => {
  const wish = readWish(task.from, task.body);
  if ("untranslatable" in wish) return { kind: "untranslatable", why: wish.untranslatable };
  const encoded = encodeWish(task.to, wish);
  if ("untranslatable" in encoded) return { kind: "untranslatable", why: encoded.untranslatable };
  const readUsage = task.to === "/v1/embeddings" ? readAnswerUsage : readEmbedUsage;
  return {
    kind: "translated",
    route: task.to,
    body: Buffer.from(goJson({ model: task.model, ...encoded.body })),
    createReply: () => createVectorTranslator(task, wish, now),
    createTap: () => translatedTapOf(createAnswerTap(readUsage)),
    ignored: encoded.ignored,
  };
};

const createVectorTranslator = (task: EmbeddingTask, wish: EmbeddingWish, now: () => number): ReplyTranslator => {
  const { contentType } = vectorForms[task.from];
  const begun = now();
  let pieces: Uint8Array[] = [];
  let length = 0;
  return {
    contentType,
    translate: (chunk) => {
      length += chunk.length;
      if (length > LONGEST_ANSWER) pieces = [];
      else pieces.push(chunk);
      return NOTHING;
    },
    end: () => {
      if (length > LONGEST_ANSWER) return undefined;
      const body = Buffer.concat(pieces);
      pieces = [];
      return translatedAnswer({ task, wish, body, elapsedMs: now() - begun });
    },
  };
};

interface Arrived {
  readonly task: EmbeddingTask;
  readonly wish: EmbeddingWish;
  readonly body: Uint8Array;
  readonly elapsedMs: number;
}

/** undefined when there is not one vector for each text. */
const translatedAnswer = ({ task, wish, body, elapsedMs }: Arrived): Uint8Array | undefined => {
  const answer = readVectors(task.to, body);
  if (answer === undefined) return undefined;
  const shape = shapeFor(task, wish);
  const wanted = answer.vectors.slice(0, wish.texts.length);
  const vectors = wanted.map((vector) => shapedVector(vector, shape)).filter((vector) => vector !== undefined);
  if (vectors.length !== wish.texts.length) return undefined;
  return vectorForms[task.from].write({
    model: task.requestedModel,
    vectors,
    promptTokens: answer.promptTokens ?? 0,
    totalNs: answer.totalNs ?? Math.max(1, Math.round(elapsedMs)) * NANOSECONDS_PER_MS,
    loadNs: answer.loadNs ?? 0,
  });
};

/**
 * Ollama's newer routes give vectors of the length 1, its oldest one as the model makes them. llama-server passes over
 * the number of dimensions, so what is too long is cut here.
 */
const shapeFor = ({ from, to }: EmbeddingTask, { encoding, dimensions }: EmbeddingWish): VectorShape => ({
  encoding,
  dimensions: to === "/v1/embeddings" ? dimensions : undefined,
  isUnit: to === "/api/embeddings" && from !== "/api/embeddings",
});
