import type { ByteRange } from "../../domain/request.ts";
import { type ScannedDocument, scanDocument } from "../json/scan-document.ts";
import { createDraft, type Draft } from "./draft.ts";
import type { ReadResult, Refusal } from "./read-result.ts";

/** Reads the JSON body of one route. */
export interface RouteReader {
  /** Facts, or what Ollama refuses without a model to look at; everything else is for the node to judge. */
  readonly read: (body: Uint8Array) => ReadResult;
  /**
   * Ollama's refusal of the fields of a body that was read, if it has one. Ollama looks at them before it looks for the
   * model, so this is to be asked before a model is called unknown.
   */
  readonly judge: (body: Uint8Array) => Refusal | undefined;
}

/** What a dialect's route makes of a body that was walked over once. */
export interface ReadingSteps {
  /** Collects the members of the object that starts at `at`. */
  readonly readFields: (draft: Draft, at: number) => unknown;
  /** The answer to a body without a well-formed value. */
  readonly refuseDocument: (document: Exclude<ScannedDocument, { readonly kind: "value" }>) => Refusal;
  /** `object` is where the body's value stands. */
  readonly conclude: (draft: Draft, object: ByteRange) => ReadResult;
  /** All that Ollama checks before it looks for the model; `at` is where the body's object starts. */
  readonly judge: (draft: Draft, at: number) => Refusal | undefined;
}

/** The reader of a route, made once: a body is scanned and walked over once per call. */
export const createRouteReader = (steps: ReadingSteps): RouteReader => {
  const draftOf = (body: Uint8Array, at: number): Draft => {
    const draft = createDraft(body);
    steps.readFields(draft, at);
    return draft;
  };
  return {
    read: (body) => {
      const document = scanDocument(body);
      if (document.kind !== "value") return { refusal: steps.refuseDocument(document) };
      return steps.conclude(draftOf(body, document.start), document);
    },
    judge: (body) => {
      const document = scanDocument(body);
      if (document.kind !== "value") return steps.refuseDocument(document);
      return steps.judge(draftOf(body, document.start), document.start);
    },
  };
};
