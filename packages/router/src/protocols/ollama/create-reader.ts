import { parseModelName } from "../../domain/model-name.ts";
import type { ByteRange, Capability, RequestKind } from "../../domain/request.ts";
import type { GoType } from "../go-types/go-type.ts";
import type { Draft, NameField } from "../reading/draft.ts";
import { finishReading } from "../reading/finish.ts";
import { createObjectReader, type ReadField } from "../reading/object-reader.ts";
import type { ReadResult, Refusal } from "../reading/read-result.ts";
import { createRouteReader, type RouteReader } from "../reading/route-reader.ts";
import { judgeFields, refuseDocument, refuseName } from "./refuse.ts";

/** What is special about one native route. */
export interface NativeRoute {
  readonly fields: Readonly<Record<string, ReadField<Draft>>>;
  readonly type: GoType;
  /** The field that names the model. */
  readonly nameField: (draft: Draft) => NameField | undefined;
  /** The answer to a body that names none; `written` is what stands there instead. */
  readonly refuseMissing: (written: string) => Refusal;
  /** The answer to a text that is no name, where the route has words of its own for it. */
  readonly refuseInvalid?: (written: string, isStream: boolean) => Refusal;
  readonly kind: (draft: Draft) => RequestKind;
  readonly isStreamByDefault: boolean;
  /** What every use of the route needs of a model; `completion` when left out. */
  readonly capability?: Capability;
  /** What Ollama checks after types and name, and still before it looks for the model; `at` is where the body's object starts. */
  readonly judgeLast?: (body: Uint8Array, at: number) => Refusal | undefined;
}

export const createReader = (route: NativeRoute): RouteReader =>
  createRouteReader({
    readFields: createObjectReader(route.fields),
    refuseDocument,
    conclude: (draft, object) => conclude(route, draft, object),
    judge: (draft, at) => judgeFields(draft, at, route.type) ?? route.judgeLast?.(draft.body, at),
  });

const conclude = (route: NativeRoute, draft: Draft, object: ByteRange): ReadResult => {
  const field = route.nameField(draft);
  const name = parseModelName(field?.text ?? "");
  if (field !== undefined && !draft.hasUnreadableName && name.kind === "name") {
    const { isStreamByDefault, capability = "completion" } = route;
    return finishReading(draft, { object, kind: route.kind(draft), field, name, isStreamByDefault, capability });
  }
  const missing = route.refuseMissing(field?.text ?? "");
  const refusal = judgeFields(draft, object.start, route.type);
  if (refusal !== undefined) return { refusal };
  if (name.kind === "invalid" && route.refuseInvalid !== undefined)
    return { refusal: route.refuseInvalid(field?.text ?? "", draft.isStream ?? route.isStreamByDefault) };
  return { refusal: name.kind === "name" ? missing : refuseName(name, missing) };
};
