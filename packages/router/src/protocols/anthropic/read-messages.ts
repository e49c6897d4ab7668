import { type ModelName, type ModelNameProblem, parseModelName } from "../../domain/model-name.ts";
import type { ByteRange } from "../../domain/request.ts";
import { findTypeError } from "../go-types/find-type-error.ts";
import { scanDocument } from "../json/scan-document.ts";
import { nameProblemText } from "../ollama/refuse.ts";
import { createDraft, type Draft, type NameField } from "../reading/draft.ts";
import { finishReading } from "../reading/finish.ts";
import type { ReadResult, Refusal } from "../reading/read-result.ts";
import { readBodyFields } from "./body-fields.ts";
import { encodeError, encodeUnreadable } from "./encode-error.ts";
import { judgeBlocks } from "./judge-blocks.ts";
import { messagesType } from "./request-types.ts";

/** Makes the `request_id` of an error body: `req_` and 24 hexadecimal digits, another one each time. */
export type NewErrorId = () => string;

/** Reads the bodies of one route. */
export interface MessagesReader {
  /** Facts, or what Ollama refuses without a model to look at; everything else is for the node to judge. */
  readonly read: (body: Uint8Array) => ReadResult;
  /**
   * Ollama's refusal of the fields of a body that was read, if it has one; Ollama looks at them before it looks for the
   * model, so this is to be asked before a model is called unknown.
   */
  readonly judge: (body: Uint8Array) => Refusal | undefined;
}

/** What the readers of `/v1/messages` and of `/v1/messages/count_tokens` differ in. */
export interface ReaderForm {
  readonly newErrorId: NewErrorId;
  /** An answer is wanted, so its length has to be bounded; counting needs no `max_tokens`. */
  readonly needsLimit: boolean;
}

/** Makes a reader of bodies. */
export const createMessagesReader = (form: ReaderForm): MessagesReader => ({
  read: (body) => {
    const opened = openBody(body);
    if (opened.kind === "problem") return { refusal: refuseUnreadable(opened.problem, form) };
    const { draft, object } = opened;
    const named = nameOf(draft);
    if ("name" in named && isWhole(draft, named.name, form)) {
      return finishReading(draft, { object, kind: "chat", isStreamByDefault: false, ...named });
    }
    const problem = judgeBody(draft, object.start, form);
    return { refusal: problem === undefined ? refuseName(named, form) : refuseUnreadable(problem, form) };
  },
  judge: (body) => {
    const opened = openBody(body);
    const problem = opened.kind === "problem" ? opened.problem : judgeBody(opened.draft, opened.object.start, form);
    return problem === undefined ? undefined : refuseUnreadable(problem, form);
  },
});

type OpenedBody =
  | { readonly kind: "draft"; readonly draft: Draft; readonly object: ByteRange }
  | { readonly kind: "problem"; readonly problem: string };

const openBody = (body: Uint8Array): OpenedBody => {
  const object = scanDocument(body);
  if (object.kind === "empty") return { kind: "problem", problem: "EOF" };
  if (object.kind === "malformed") return { kind: "problem", problem: object.problem };
  const draft = createDraft(body);
  readBodyFields(draft, object.start);
  if (draft.refusesTools) draft.characters.delete("tools");
  return { kind: "draft", draft, object };
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
