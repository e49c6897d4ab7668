import type { ReplyTranslator, Translation, TranslationTask } from "../../domain/translation.ts";
import type { WireRoute } from "../../domain/wire-route.ts";
import { scanDocument } from "../json/scan-document.ts";
import { type BackendDialect, type BackendRoute, backendDialects } from "./backends/backend-dialects.ts";
import { type ClientDialect, type ClientRoute, clientDialects } from "./clients/client-dialects.ts";
import { isEmbeddingRoute, translateEmbedding } from "./embeddings/translate-embedding.ts";
import { goJson } from "./go-value.ts";
import { asLoadReply, isLoad, isUnload, smallestRequest } from "./load-request.ts";
import type { Json, JsonObject, NeutralRequest } from "./neutral.ts";
import { createReplyTranslator } from "./reply-translator.ts";
import { splitParts } from "./split-parts.ts";
import { targetRouteOf } from "./target-route.ts";
import { translatedTapOf } from "./translated-tap.ts";

export interface TranslatorDependencies {
  /** Unix epoch ms. */
  readonly now: () => number;
  /** Random text for ids, 8 or more lower-case letters and digits. */
  readonly newId: () => string;
}

/** Serves what a backend lacks the dialect for. */
export interface Translator {
  readonly targetRouteOf: typeof targetRouteOf;
  readonly translate: (task: TranslationTask) => Translation;
}

export const createTranslator = (dependencies: TranslatorDependencies): Translator => ({
  targetRouteOf,
  translate: (task) => translateRequest(task, dependencies),
});

/** Says a client's request in the words of a backend's route, and its reply in the client's. Never throws. */
const translateRequest = (task: TranslationTask, dependencies: TranslatorDependencies): Translation => {
  const body = parseBody(task.body);
  if (body === undefined) return untranslatable("the body is no JSON object");
  if (isEmbeddingRoute(task.from) && isEmbeddingRoute(task.to)) {
    return translateEmbedding({ ...task, from: task.from, to: task.to, body }, dependencies);
  }
  if (!isClientRoute(task.from) || !isBackendRoute(task.to)) {
    return untranslatable(`${task.from} has no translation to ${task.to}`);
  }
  const client = clientDialects[task.from];
  const request = client.decode(body);
  if ("untranslatable" in request) return untranslatable(request.untranslatable);
  return translateConversation({ task, dependencies, client, body, request: { ...request, isStream: task.isStream } });
};

interface Conversation {
  readonly task: TranslationTask;
  readonly dependencies: TranslatorDependencies;
  readonly client: ClientDialect;
  readonly body: JsonObject;
  readonly request: NeutralRequest;
}

const translateConversation = (conversation: Conversation): Translation => {
  const { task, dependencies, client, request, body } = conversation;
  const plan = planOf(conversation);
  if ("untranslatable" in plan) return untranslatable(plan.untranslatable);
  const encoded = plan.backend.encode(plan.asked);
  if ("untranslatable" in encoded) return untranslatable(encoded.untranslatable);
  const { now, newId } = dependencies;
  const heading = { model: task.requestedModel, now, newId, request, body };
  const isStream = plan.asked.isStream;
  const createReply = (): ReplyTranslator => {
    const read = isStream ? plan.backend.createStream(plan.asked) : plan.backend.createWhole(plan.asked);
    const encoder = request.isStream ? client.createStream(heading) : client.createWhole(heading);
    return createReplyTranslator({ decoder: plan.isLoad ? asLoadReply(read) : read, encoder, now });
  };
  return {
    kind: "translated",
    route: plan.route,
    body: Buffer.from(goJson({ model: task.model, ...encoded.body })),
    createReply,
    createTap: () => translatedTapOf(plan.backend.createTap()),
    ignored: encoded.ignored,
  };
};

/** Where a request goes, and in which form. */
interface Plan {
  readonly route: BackendRoute;
  readonly backend: BackendDialect;
  readonly asked: NeutralRequest;
  readonly isLoad: boolean;
}

const planOf = ({ task, request }: Conversation): Plan | { readonly untranslatable: string } => {
  const isNative = task.to === "/api/chat" || task.to === "/api/generate";
  if (!isNative && isLoad(request)) {
    if (isUnload(request)) return { untranslatable: "keep_alive: OpenAI's API cannot unload a model" };
    return planTo("/v1/chat/completions", smallestRequest(request), true);
  }
  if (task.from === "/v1/chat/completions") {
    return planTo(task.to as BackendRoute, { ...request, messages: splitParts(request.messages) });
  }
  // Only the body tells that a generation goes without the model's template, or fills a gap.
  const isPlain = task.from === "/api/generate" && request.prompt !== undefined;
  return planTo(isPlain ? "/v1/completions" : (task.to as BackendRoute), request);
};

const planTo = (route: BackendRoute, asked: NeutralRequest, isLoad = false): Plan => ({
  route,
  backend: backendDialects[route],
  asked,
  isLoad,
});

/** What follows the first value is passed over, as Ollama does. */
const parseBody = (bytes: Uint8Array): JsonObject | undefined => {
  const document = scanDocument(bytes);
  if (document.kind !== "value") return undefined;
  const value = JSON.parse(new TextDecoder().decode(bytes.subarray(document.start, document.end))) as Json;
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
};

const isClientRoute = (route: WireRoute): route is ClientRoute => Object.hasOwn(clientDialects, route);

const isBackendRoute = (route: WireRoute): route is BackendRoute => Object.hasOwn(backendDialects, route);

const untranslatable = (why: string): Translation => ({ kind: "untranslatable", why });
