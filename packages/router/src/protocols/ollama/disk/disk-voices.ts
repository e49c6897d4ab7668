import type { RequestKind } from "../../../domain/request.ts";
import type { RouteVoice } from "../../../pipeline/incoming.ts";
import { goQuote } from "../../json/go-quote.ts";
import type { RouteReader } from "../../reading/route-reader.ts";
import { ollamaVoices } from "../voices.ts";
import { copyReader, createBodyReader, deleteReader, pushReader } from "./read-disk.ts";

/** How the routes that change or copy models speak. Progress is told in the same records as that of a pull. */
export const diskVoices = {
  push: voiceOf("push", pushReader),
  create: voiceOf("create", createBodyReader),
  delete: voiceOf("delete", deleteReader),
  copy: { ...voiceOf("copy", copyReader), unknownModel: (model: string) => `model ${goQuote(model)} not found` },
} as const satisfies Readonly<Record<string, RouteVoice>>;

function voiceOf(kind: RequestKind, { read, judge }: RouteReader): RouteVoice {
  return { ...ollamaVoices.pull, kind, read, judge };
}
