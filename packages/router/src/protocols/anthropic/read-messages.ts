import { type ModelName, type ModelNameProblem, parseModelName } from "../../domain/model-name.ts";
import type { ByteRange } from "../../domain/request.ts";
import { findTypeError } from "../go-types/find-type-error.ts";
import { nameProblemText } from "../ollama/refuse.ts";
import type { Draft, NameField } from "../reading/draft.ts";
import { finishReading } from "../reading/finish.ts";
import type { ReadResult, Refusal } from "../reading/read-result.ts";
import { createRouteReader, type RouteReader } from "../reading/route-reader.ts";
import { readBodyFields } from "./body-fields.ts";
import { encodeError, encodeUnreadable } from "./encode-error.ts";
import { judgeBlocks } from "./judge-blocks.ts";
import { messagesType } from "./request-types.ts";

/** Makes the `request_id` of an error body: `req_` and 24 hexadecimal digits, another one each time. */
export type NewErrorId = () => string;

/** What the readers of `/v1/messages` and of `/v1/messages/count_tokens` differ in. */
export interface ReaderForm {
  readonly newErrorId: NewErrorId;
  /** An answer is wanted, so its length has to be bounded; counting needs no `max_tokens`. */
  readonly needsLimit: boolean;
}

/** Makes a reader of bodies. */
export const createMessagesReader = (form: ReaderForm): RouteReader =>
  createRouteReader({
    readFields: (draft, at) => {
      readBodyFields(draft, at);
      if (draft.refusesTools) draft.characters.delete("tools");
    },
    refuseDocument: (document) => refuseUnreadable(document.kind === "empty" ? "EOF" : document.problem, form),
    conclude: (draft, object) => conclude(draft, object, form),
    judge: (draft, at) => refuseFields(draft, at, form),
  });

const conclude = (draft: Draft, object: ByteRange, form: ReaderForm): ReadResult => {
  const named = nameOf(draft);
  if ("name" in named && isWhole(draft, named.name, form)) {
    return finishReading(draft, { object, kind: "chat", isStreamByDefault: false, ...named });
  }
  return { refusal: refuseFields(draft, object.start, form) ?? refuseName(named, form) };
};

const refuseFields = (draft: Draft, at: number, form: ReaderForm): Refusal | undefined => {
  const problem = judgeBody(draft, at, form);
  return problem === undefined ? undefined : refuseUnreadable(problem, form);
};

type Named = { readonly field: NameField; readonly name: ModelName } | ModelNameProblem;

const nameOf = ({ model, hasUnreadableName }: Draft): Named => {
  if (model === undefined || hasUnreadableName) return { kind: "missing" };
  const name = parseModelName(model.text);
  return name.kind === "name" ? { field: model, name } : name;
};

/** Nothing that has to be there is missing. A cloud model's request goes to the cloud before Ollama looks at it. */
const isWhole = (draft: Draft, { source }: ModelName, { needsLimit }: ReaderForm): boolean =>
  source === "cloud" || (draft.hasPrompt && (draft.outputLimit !== undefined || !needsLimit));

/** Ollama's order: types, then what is missing, then blocks and tools that it cannot put into its own form. */
const judgeBody = (draft: Draft, at: number, { needsLimit }: ReaderForm): string | undefined => {
  const problem = findTypeError(draft.body, at, messagesType);
  if (problem !== undefined) return problem;
  if (draft.model === undefined || draft.model.text === "") return "model is required";
  if (needsLimit && draft.outputLimit === undefined) return "max_tokens is required and must be positive";
  return draft.hasPrompt ? judgeBlocks(draft.body, at) : "messages is required";
};

const refuseUnreadable = (message: string, { newErrorId }: ReaderForm): Refusal => ({
  ...encodeUnreadable({ status: 400, message, requestId: newErrorId() }),
  code: "HERD_BAD_REQUEST",
  message,
});

/** A name that is none is found one step later, with another content type. */
const refuseName = (named: Named, { newErrorId }: ReaderForm): Refusal => {
  const isMissing = "name" in named || named.kind === "missing";
  const message = isMissing ? "model is required" : nameProblemText(named);
  return { ...encodeError({ status: 400, message, requestId: newErrorId() }), code: "HERD_BAD_REQUEST", message };
};
