import { type ModelNameProblem, parseModelName } from "../../domain/model-name.ts";
import { memberPlace } from "../edits/member-place.ts";
import type { EncodedError } from "../encoded-error.ts";
import { findTypeError } from "../go-types/find-type-error.ts";
import { scanDocument } from "../json/scan-document.ts";
import { skipValue } from "../json/skip.ts";
import { stringAt } from "../json/text.ts";
import { valueKind } from "../json/value-kind.ts";
import { nameProblemText } from "../ollama/refuse.ts";
import { createDraft, type Draft } from "../reading/draft.ts";
import {
  readFallbackModels,
  readMaxTokens,
  readMetadata,
  readName,
  readPlainStream,
  readTools,
  readTopLogprobs,
  readUser,
} from "../reading/fields.ts";
import { finishReading } from "../reading/finish.ts";
import { createObjectReader, type ReadField } from "../reading/object-reader.ts";
import type { ReadResult, Refusal } from "../reading/read-result.ts";
import { encodeError, encodeUnreadable } from "./encode-error.ts";
import { readMessages } from "./messages-field.ts";
import { chatCompletionType } from "./request-types.ts";

/** Any effort but `none` asks for thinking. */
const readEffort: ReadField<Draft> = (draft, at) => {
  if (valueKind(draft.body, at) === "string") {
    const effort = stringAt(draft.body, at);
    draft.asksToThink = effort !== "" && effort !== "none";
  }
  return skipValue(draft.body, at);
};

/** Ollama takes no `tool_choice`; where it is `none`, leaving the tools out says the same. */
const readToolChoice: ReadField<Draft> = (draft, at) => {
  draft.refusesTools = valueKind(draft.body, at) === "string" && stringAt(draft.body, at) === "none";
  return skipValue(draft.body, at);
};

const readPlacedTools: ReadField<Draft> = (draft, at, head) => {
  const end = readTools(draft, at, head);
  draft.toolMembers.push(memberPlace(draft.body, head, { start: at, end }));
  return end;
};

const readFields = createObjectReader<Draft>({
  model: readName("model"),
  messages: readMessages,
  stream: readPlainStream,
  tools: readPlacedTools,
  tool_choice: readToolChoice,
  reasoning: createObjectReader<Draft>({ effort: readEffort }),
  reasoning_effort: readEffort,
  max_tokens: readMaxTokens,
  top_logprobs: readTopLogprobs,
  metadata: readMetadata,
  user: readUser,
  fallback_models: readFallbackModels,
});

/**
 * Reads the body of `/v1/chat/completions`: facts, or what Ollama refuses without a model to look at; everything else is
 * for the node to judge.
 */
export const readChatCompletions = (body: Uint8Array): ReadResult => {
  const document = scanDocument(body);
  if (document.kind !== "value") return { refusal: refuseDocument(document) };
  const draft = createDraft(body);
  readFields(draft, document.start);
  const field = draft.model;
  const name = parseModelName(field?.text ?? "");
  if (field === undefined || draft.hasUnreadableName || name.kind !== "name") {
    const problem: ModelNameProblem = name.kind === "name" ? { kind: "missing" } : name;
    return { refusal: judgeFields(draft, document.start) ?? refuseName(problem) };
  }
  // A cloud model's request goes to the cloud before Ollama looks at its messages.
  const refusal = draft.hasPrompt || name.source === "cloud" ? undefined : judgeFields(draft, document.start);
  if (refusal !== undefined) return { refusal };
  return finishReading(draft, { object: document, kind: "chat", field, name, isStreamByDefault: false });
};

/**
 * Ollama's refusal of the fields of a body that was read, if it has one; Ollama looks at them before it looks for the
 * model, so this is to be asked before a model is called unknown.
 */
export const judgeChatCompletions = (body: Uint8Array): Refusal | undefined => {
  const document = scanDocument(body);
  if (document.kind !== "value") return refuseDocument(document);
  const draft = createDraft(body);
  readFields(draft, document.start);
  return judgeFields(draft, document.start);
};

const refuse = (error: EncodedError, message: string): Refusal => ({ ...error, code: "HERD_BAD_REQUEST", message });

const refuseUnreadable = (message: string): Refusal => refuse(encodeUnreadable(400, message), message);

const refuseDocument = (
  document: { readonly kind: "empty" } | { readonly kind: "malformed"; readonly problem: string },
) => refuseUnreadable(document.kind === "empty" ? "EOF" : document.problem);

/** Ollama's order: types, absent messages, then the range of `top_logprobs`, which another layer looks at. */
const judgeFields = (draft: Draft, at: number): Refusal | undefined => {
  const problem = findTypeError(draft.body, at, chatCompletionType);
  if (problem !== undefined) return refuseUnreadable(problem);
  if (!draft.hasPrompt) return refuseUnreadable("[] is too short - 'messages'");
  if (draft.topLogprobs >= 0 && draft.topLogprobs <= 20) return undefined;
  const message = "top_logprobs must be between 0 and 20";
  return refuse(encodeError(400, message), message);
};

const refuseName = (problem: ModelNameProblem): Refusal => {
  const message = problem.kind === "missing" ? "model is required" : nameProblemText(problem);
  return refuse(encodeError(400, message), message);
};
