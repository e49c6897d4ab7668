import type { ErrorCode } from "../../domain/errors.ts";
import type { ModelName } from "../../domain/model-name.ts";
import type { BodyFacts } from "../../domain/request.ts";
import type { MemberPlace, ObjectPlace } from "../edits/member-edits.ts";

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

/** Where edits of the body may go. */
export interface BodyPlaces {
  /** The whole body's object. */
  readonly root: ObjectPlace;
  /** The object of `options` that counts; undefined when there is none. */
  readonly options: ObjectPlace | undefined;
  /** Every `num_ctx` in the options that count, in the order of the body; the last one wins. */
  readonly numCtx: readonly MemberPlace[];
}

/** What reading a body gave: facts, or Ollama's refusal. */
export type ReadResult =
  | {
      readonly refusal: undefined;
      readonly facts: BodyFacts;
      readonly name: ModelName;
      readonly places: BodyPlaces;
      /** `fallback_models` of the body, in its order. */
      readonly fallbackModels: readonly string[];
    }
  | { readonly refusal: Refusal };
