import { parseModelName } from "../../domain/model-name.ts";
import type { ByteRange, Capability, RequestKind } from "../../domain/request.ts";
import { findTypeError } from "../go-types/find-type-error.ts";
import type { GoType } from "../go-types/go-type.ts";
import type { Draft } from "../reading/draft.ts";
import { finishReading } from "../reading/finish.ts";
import { createObjectReader, type ReadField } from "../reading/object-reader.ts";
import type { ReadResult, Refusal } from "../reading/read-result.ts";
import { createRouteReader, type RouteReader } from "../reading/route-reader.ts";
import { refuseDocument, refuseName, refuseUnreadable } from "./refuse.ts";

/** What is special about one route of the OpenAI dialect. */
export interface OpenAiRoute {
  readonly fields: Readonly<Record<string, ReadField<Draft>>>;
  readonly type: GoType;
  /** What Ollama checks after the types, in its order; `at` is where the body's object starts. */
  readonly judgeFields?: (draft: Draft, at: number) => Refusal | undefined;
  /** What it checks after the name, and still before it looks for the model. */
  readonly judgeLast?: (draft: Draft, at: number) => Refusal | undefined;
  /** The answer to a body that names no model; `written` is what stands there instead. */
  readonly refuseMissing: (written: string) => Refusal;
  readonly kind: (draft: Draft) => RequestKind;
  /** No server computes anything without a prompt, so that a body without one is judged before any load. */
  readonly needsPrompt: boolean;
  /** What every use of the route needs of a model. */
  readonly capability: Capability;
}

export const createReader = (route: OpenAiRoute): RouteReader =>
  createRouteReader({
    readFields: createObjectReader(route.fields),
    refuseDocument,
    conclude: (draft, object) => conclude(route, draft, object),
    judge: (draft, at) => judgeBody(route, draft, at) ?? route.judgeLast?.(draft, at),
  });

const judgeBody = (route: OpenAiRoute, draft: Draft, at: number): Refusal | undefined => {
  const problem = findTypeError(draft.body, at, route.type);
  return problem === undefined ? route.judgeFields?.(draft, at) : refuseUnreadable(problem);
};

const conclude = (route: OpenAiRoute, draft: Draft, object: ByteRange): ReadResult => {
  const field = draft.model;
  const written = field?.text ?? "";
  const name = parseModelName(written);
  if (field === undefined || draft.hasUnreadableName || name.kind !== "name") {
    const missing = route.refuseMissing(written);
    const refusal = judgeBody(route, draft, object.start);
    return { refusal: refusal ?? (name.kind === "name" ? missing : refuseName(name, missing)) };
  }
  // A cloud model's request goes to the cloud before Ollama looks at its fields.
  const isLacking = route.needsPrompt && !draft.hasPrompt && name.source !== "cloud";
  const refusal = isLacking ? judgeBody(route, draft, object.start) : undefined;
  if (refusal !== undefined) return { refusal };
  const { capability } = route;
  return finishReading(draft, { object, kind: route.kind(draft), field, name, isStreamByDefault: false, capability });
};
