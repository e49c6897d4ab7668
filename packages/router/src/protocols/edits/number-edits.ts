import type { ByteRange, Edit } from "../../domain/request.ts";
import type { WireRoute } from "../../domain/wire-route.ts";
import { CLOSE_BRACE, OPEN_BRACE, skipBlanks } from "../json/ascii.ts";
import { skipValue } from "../json/skip.ts";
import { numberAt } from "../json/text.ts";
import { valueKind } from "../json/value-kind.ts";
import { fieldNamed, findMembers, keyNamed } from "./find-members.ts";
import { type MemberPlace, removeMembers } from "./member-edits.ts";

const isOptions = fieldNamed("options");
const isNumCtx = keyNamed("num_ctx");
const isNumPredict = keyNamed("num_predict");

/**
 * Makes a native request ask for this context, whether it named one or not; undefined makes it name none. Nothing to do
 * gives no edit.
 */
export const editNumCtx = (body: Uint8Array, tokens: number | undefined): readonly Edit[] => {
  const root = objectIn(body);
  if (root === undefined) return [];
  const options = optionObjects(body, root);
  const named = options.flatMap((object) => findMembers(body, object.value.start, isNumCtx));
  // Of a wrong type: for Ollama to refuse.
  if (named.some(({ value }) => !/^(number|null)$/.test(valueKind(body, value.start)))) return [];
  if (tokens === undefined) return removeMembers(named, "num_ctx removed");
  const replaced = `num_ctx=${tokens}`;
  if (named.length > 0)
    return named.map(({ value }) => ({ range: value, replacement: String(tokens), label: replaced }));
  // No wish of the client is overruled.
  const label = `num_ctx added=${tokens}`;
  const last = options.at(-1);
  if (last !== undefined) return [addMember(body, last.value.start, { text: `"num_ctx":${tokens}`, label })];
  // A null would take back what stands before it, so the new member goes behind everything else.
  return [
    appendMember(body, { start: root, end: skipValue(body, root) }, { text: `"options":{"num_ctx":${tokens}}`, label }),
  ];
};

/** Where the body's object begins. The body has been read before, so it is not judged once more. */
const objectIn = (body: Uint8Array): number | undefined => {
  const start = skipBlanks(body, 0);
  return body[start] === OPEN_BRACE ? start : undefined;
};

/** Where the routes say how many tokens an answer may have. */
const limitFields: Readonly<Partial<Record<WireRoute, readonly string[]>>> = {
  "/v1/chat/completions": ["max_tokens", "max_completion_tokens"],
  "/v1/completions": ["max_tokens"],
  "/v1/responses": ["max_output_tokens"],
  "/v1/messages": ["max_tokens"],
};

/** Raises the limit of output tokens that the client set, if it set one. @param raise the new limit for the client's own */
export const raiseOutputLimit = (
  body: Uint8Array,
  route: WireRoute | undefined,
  raise: (tokens: number) => number,
): readonly Edit[] => {
  const root = objectIn(body);
  if (root === undefined || route === undefined) return [];
  return limitPlaces(body, root, route).flatMap(({ value }) => {
    if (valueKind(body, value.start) !== "number") return [];
    const limit = numberAt(body, value.start);
    const raised = raise(limit);
    if (!(limit >= 1) || raised === limit || !Number.isSafeInteger(raised)) return [];
    return [{ range: value, replacement: String(raised), label: `output limit=${raised}` }];
  });
};

const limitPlaces = (body: Uint8Array, root: number, route: WireRoute): readonly MemberPlace[] => {
  if (route === "/api/chat" || route === "/api/generate")
    return optionObjects(body, root).flatMap((object) => findMembers(body, object.value.start, isNumPredict));
  return (limitFields[route] ?? []).flatMap((name) => findMembers(body, root, fieldNamed(name)));
};

/** The `options` that count: those behind the last null, which takes all before it back. */
const optionObjects = (body: Uint8Array, root: number): readonly MemberPlace[] => {
  const all = findMembers(body, root, isOptions);
  const lastNull = all.findLastIndex(({ value }) => valueKind(body, value.start) === "null");
  return all.slice(lastNull + 1).filter(({ value }) => valueKind(body, value.start) === "object");
};

interface NewMember {
  readonly text: string;
  readonly label: string;
}

/** Adds a member as the first of the object that starts at `at`. */
const addMember = (body: Uint8Array, at: number, { text, label }: NewMember): Edit => {
  const isEmpty = body[skipBlanks(body, at + 1)] === CLOSE_BRACE;
  return { range: { start: at + 1, end: at + 1 }, replacement: isEmpty ? text : `${text},`, label };
};

/** Adds a member as the last of an object. */
const appendMember = (body: Uint8Array, { start, end }: ByteRange, { text, label }: NewMember): Edit => {
  const isEmpty = body[skipBlanks(body, start + 1)] === CLOSE_BRACE;
  return { range: { start: end - 1, end: end - 1 }, replacement: isEmpty ? text : `,${text}`, label };
};
