import type { ByteRange } from "../../domain/request.ts";
import { CLOSE_BRACE, COMMA, skipBlanks } from "../json/ascii.ts";
import type { MemberHead } from "../json/walk.ts";
import type { MemberPlace, ObjectPlace } from "./member-edits.ts";

/** The place of a member met in a walk, whose value is in this range. */
export const memberPlace = (body: Uint8Array, head: MemberHead, value: ByteRange): MemberPlace => {
  const after = skipBlanks(body, value.end);
  return {
    member: { start: head.keyStart, end: value.end },
    value,
    commaBefore: head.commaBefore,
    commaAfter: body[after] === COMMA ? after : -1,
  };
};

/** The place for a further member of the object in this range. */
export const objectPlace = (body: Uint8Array, object: ByteRange): ObjectPlace => ({
  insertAt: object.end - 1,
  isEmpty: body[skipBlanks(body, object.start + 1)] === CLOSE_BRACE,
});
