import { parseModelName } from "../../domain/model-name.ts";
import type { ByteRange, Capability, RequestKind } from "../../domain/request.ts";
import type { GoType } from "../go-types/go-type.ts";
import { scanDocument } from "../json/scan-document.ts";
import { createDraft, type Draft, type NameField } from "../reading/draft.ts";
import { finishReading } from "../reading/finish.ts";
import { createObjectReader, type ReadField } from "../reading/object-reader.ts";
import type { ReadResult, Refusal } from "../reading/read-result.ts";
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

export interface NativeReader {
  /** Facts, or what Ollama refuses without a model to look at; everything else is for the node to judge. */
  readonly read: (body: Uint8Array) => ReadResult;
  /**
   * Ollama's refusal of the fields of a body that was read, if it has one. Ollama looks at them before it looks for the
   * model, so this is to be asked before a model is called unknown.
   */
  readonly judge: (body: Uint8Array) => Refusal | undefined;
}

export const createReader = (route: NativeRoute): NativeReader => {
  const readFields = createObjectReader(route.fields);
  const draftOf = (body: Uint8Array, at: number): Draft => {
    const draft = createDraft(body);
    readFields(draft, at);
    return draft;
  };
  return {
    read: (body) => {
      const document = scanDocument(body);
      if (document.kind !== "value") return { refusal: refuseDocument(document) };
      return conclude(route, draftOf(body, document.start), document);
    },
    judge: (body) => {
      const document = scanDocument(body);
      if (document.kind !== "value") return refuseDocument(document);
      const refusal = judgeFields(draftOf(body, document.start), document.start, route.type);
      return refusal ?? route.judgeLast?.(body, document.start);
    },
  };
};

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
