import type { WireRoute } from "../../../domain/wire-route.ts";
import { createTap as createOllamaTap } from "../../ollama/tap.ts";
import { createTap as createOpenaiTap } from "../../openai/tap.ts";
import type { Tap } from "../../tap/tap.ts";
import { readOllamaStream, readOllamaWhole } from "../backend-replies/ollama-reply.ts";
import { readOpenaiStream, readOpenaiWhole } from "../backend-replies/openai-reply.ts";
import type { EncodeRequest, NeutralRequest, ReplyDecoder } from "../neutral.ts";
import { encodeOllamaChat, encodeOllamaGenerate } from "./ollama-request.ts";
import { encodeOpenaiChat, encodeOpenaiCompletion } from "./openai-request.ts";

/** The routes of backends that conversations and completions are translated to. */
export type BackendRoute = Extract<
  WireRoute,
  "/api/chat" | "/api/generate" | "/v1/chat/completions" | "/v1/completions"
>;

/** How one route of a backend is asked, and how its replies are read. */
export interface BackendDialect {
  readonly encode: EncodeRequest;
  readonly createStream: (request: NeutralRequest) => ReplyDecoder;
  readonly createWhole: (request: NeutralRequest) => ReplyDecoder;
  readonly createTap: () => Tap;
}

const ollama = { createStream: readOllamaStream, createWhole: readOllamaWhole, createTap: createOllamaTap };
const openai = { createStream: readOpenaiStream, createWhole: readOpenaiWhole, createTap: createOpenaiTap };

export const backendDialects: Readonly<Record<BackendRoute, BackendDialect>> = {
  "/api/chat": { encode: encodeOllamaChat, ...ollama },
  "/api/generate": { encode: encodeOllamaGenerate, ...ollama },
  "/v1/chat/completions": { encode: encodeOpenaiChat, ...openai },
  "/v1/completions": { encode: encodeOpenaiCompletion, ...openai },
};
