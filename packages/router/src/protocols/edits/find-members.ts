import type { ByteRange } from "../../domain/request.ts";
import { OPEN_BRACE } from "../json/ascii.ts";
import { createFieldLookup } from "../json/field-names.ts";
import { scanDocument } from "../json/scan-document.ts";
import { skipValue } from "../json/skip.ts";
import { decodeString } from "../json/text.ts";
import { type MemberHead, walkMembers } from "../json/walk.ts";
import type { MemberPlace } from "./member-edits.ts";
import { memberPlace } from "./member-place.ts";

/** Whether a key is the wanted one. */
export type IsWanted = (body: Uint8Array, head: MemberHead) => boolean;

/** The range of the body's object; undefined when the body is none. */
export const rootOf = (body: Uint8Array): ByteRange | undefined => {
  const document = scanDocument(body);
  return document.kind === "value" && body[document.start] === OPEN_BRACE ? document : undefined;
};

/** A field of the request itself: letter case does not count, as in Go. @param name in lower case */
export const fieldNamed = (name: string): IsWanted => {
  const lookup = createFieldLookup([name]);
  return (body, { keyStart, keyEnd }) => lookup(body, keyStart, keyEnd) !== undefined;
};

/** A key of a map, such as one of `options`: every letter counts. */
export const keyNamed =
  (name: string): IsWanted =>
  (body, { keyStart, keyEnd }) =>
    decodeString(body, keyStart, keyEnd) === name;

/** All such members of the object that starts at `at`, in their order. */
export const findMembers = (body: Uint8Array, at: number, isWanted: IsWanted): readonly MemberPlace[] => {
  const found: MemberPlace[] = [];
  walkMembers(body, at, (start, head) => {
    const value = { start, end: skipValue(body, start) };
    if (isWanted(body, head)) found.push(memberPlace(body, head, value));
    return value.end;
  });
  return found;
};
