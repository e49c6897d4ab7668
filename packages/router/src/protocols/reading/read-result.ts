import type { ErrorCode } from "../../domain/errors.ts";
import type { ModelName } from "../../domain/model-name.ts";
import type { BodyFacts, Edit } from "../../domain/request.ts";

/** An answer of Ollama's own, byte for byte, to a body that it would refuse. */
export interface Refusal {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** Code of the catalogue, for headers and trace. */
  readonly code: ErrorCode;
  /** The sentence inside the body. */
  readonly message: string;
}

/** What reading a body gave: facts, or Ollama's refusal. */
export type ReadResult =
  | {
      readonly refusal: undefined;
      readonly facts: BodyFacts;
      readonly name: ModelName;
      /** What has to change in the body, whatever node serves it. */
      readonly edits: readonly Edit[];
    }
  | { readonly refusal: Refusal };
