import type { ByteRange } from "../../domain/request.ts";
import { skipValue } from "../json/skip.ts";
import { decodeString, numberAt } from "../json/text.ts";
import { isTrue, type ValueKind, valueKind } from "../json/value-kind.ts";
import { type MemberHead, walkMembers } from "../json/walk.ts";
import type { Draft } from "./draft.ts";
import { outputLimit } from "./fields.ts";
import type { ReadField } from "./object-reader.ts";

/** Options besides `num_ctx` with which Ollama loads a model: another value means another load. */
const integerLoadOptions: ReadonlySet<string> = new Set([
  "draft_num_predict",
  "main_gpu",
  "num_batch",
  "num_gpu",
  "num_thread",
]);

/**
 * `options` of the native routes. Repeated objects add up, null takes all back; inside, keys are exact, the last of equal
 * ones counts, and null counts as absent. A value of a wrong type is left to the node, which answers with status 500.
 */
export const readOptions: ReadField<Draft> = (draft, at) => {
  const kind = valueKind(draft.body, at);
  if (kind === "null") forgetOptions(draft);
  if (kind !== "object") return skipValue(draft.body, at);
  return walkMembers(draft.body, at, (start, head) => {
    const value = { start, end: skipValue(draft.body, start) };
    readOption(draft, head, value);
    return value.end;
  });
};

/** The load options in one text, equal for equal options. */
export const canonicalLoadOptions = (draft: Draft): string =>
  [...draft.loadOptions.keys()]
    .toSorted()
    .map((name) => `${name}=${draft.loadOptions.get(name)}`)
    .join(",");

const forgetOptions = (draft: Draft): void => {
  draft.numCtx = undefined;
  draft.outputLimit = undefined;
  draft.loadOptions.clear();
};

const readOption = (draft: Draft, head: MemberHead, value: ByteRange): void => {
  const { body } = draft;
  const name = decodeString(body, head.keyStart, head.keyEnd);
  const kind = valueKind(body, value.start);
  if (name === "num_ctx") readNumCtx(draft, value);
  else if (name === "num_predict")
    draft.outputLimit = kind === "number" ? outputLimit(numberAt(body, value.start)) : undefined;
  else if (name === "use_mmap")
    setLoadOption(draft, name, kind === "bool" ? String(isTrue(body, value.start)) : undefined);
  else if (integerLoadOptions.has(name)) setLoadOption(draft, name, integerText(body, value.start, kind));
};

/** Ollama reads the double and cuts its fraction off. */
const readNumCtx = (draft: Draft, value: ByteRange): void => {
  const isNumber = valueKind(draft.body, value.start) === "number";
  draft.numCtx = isNumber ? Math.trunc(numberAt(draft.body, value.start)) : undefined;
};

const integerText = (body: Uint8Array, at: number, kind: ValueKind): string | undefined =>
  kind === "number" ? String(Math.trunc(numberAt(body, at))) : undefined;

const setLoadOption = (draft: Draft, name: string, text: string | undefined): void => {
  if (text === undefined) draft.loadOptions.delete(name);
  else draft.loadOptions.set(name, text);
};
