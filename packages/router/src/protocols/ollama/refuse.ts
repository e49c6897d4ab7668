import type { ModelNameProblem } from "../../domain/model-name.ts";
import { findTypeError } from "../go-types/find-type-error.ts";
import type { GoType } from "../go-types/go-type.ts";
import { goQuote } from "../json/go-quote.ts";
import type { ScannedDocument } from "../json/scan-document.ts";
import type { Draft } from "../reading/draft.ts";
import type { Refusal } from "../reading/read-result.ts";
import { encodeError } from "./encode-error.ts";

/** A refusal in Ollama's native dialect. */
export const refuse = (status: number, message: string): Refusal => ({
  ...encodeError(status, message),
  code: "HERD_BAD_REQUEST",
  message,
});

/** What Ollama says to a body without a well-formed value. */
export const refuseDocument = (document: Exclude<ScannedDocument, { readonly kind: "value" }>): Refusal =>
  refuse(400, document.kind === "empty" ? "missing request body" : document.problem);

/** What Ollama checks of a well-formed body before it looks at the model: types, then the range of `top_logprobs`. */
export const judgeFields = (draft: Draft, at: number, type: GoType): Refusal | undefined => {
  const problem = findTypeError(draft.body, at, type);
  if (problem !== undefined) return refuse(400, problem);
  if (draft.topLogprobs >= 0 && draft.topLogprobs <= 20) return undefined;
  return refuse(400, "top_logprobs must be between 0 and 20");
};

/** What Ollama says to a name that it cannot read; `missing` is the route's own answer to none at all. */
export const refuseName = (problem: ModelNameProblem, missing: Refusal): Refusal =>
  problem.kind === "missing" ? missing : refuse(400, nameProblemText(problem));

/** The sentence about a name, the same on every route. */
export const nameProblemText = (problem: Exclude<ModelNameProblem, { readonly kind: "missing" }>): string =>
  problem.kind === "invalid" ? "invalid model name" : `use either :local or :cloud, not both: ${goQuote(problem.text)}`;
