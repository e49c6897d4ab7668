import type { ModelNameProblem } from "../../domain/model-name.ts";
import type { EncodedError } from "../encoded-error.ts";
import type { ScannedDocument } from "../json/scan-document.ts";
import { unknownModelMessage } from "../ollama/encode-error.ts";
import { nameProblemText } from "../ollama/refuse.ts";
import type { Refusal } from "../reading/read-result.ts";
import { encodeError, encodeUnreadable } from "./encode-error.ts";

/** A refusal in the form of Ollama's handlers, which see a body that was understood. */
export const refuse = (status: number, message: string): Refusal => refusalOf(encodeError(status, message), message);

/** A refusal in the form of the layer before them, which reads the body. */
export const refuseUnreadable = (message: string): Refusal => refusalOf(encodeUnreadable(400, message), message);

/** What Ollama says to a body without a well-formed value. */
export const refuseDocument = (document: Exclude<ScannedDocument, { readonly kind: "value" }>): Refusal =>
  refuseUnreadable(document.kind === "empty" ? "EOF" : document.problem);

/** What Ollama says to a name that it cannot read; `missing` is the route's own answer to none at all. */
export const refuseName = (problem: ModelNameProblem, missing: Refusal): Refusal =>
  problem.kind === "missing" ? missing : refuse(400, nameProblemText(problem));

/** The answer of conversations to a body that names no model. */
export const refuseWithoutModel = (): Refusal => refuse(400, "model is required");

/** The answer of all other routes; `written` is what stands in place of a name. */
export const refuseUnknown = (written: string): Refusal => refuse(404, unknownModelMessage(written));

const refusalOf = (error: EncodedError, message: string): Refusal => ({ ...error, code: "HERD_BAD_REQUEST", message });
