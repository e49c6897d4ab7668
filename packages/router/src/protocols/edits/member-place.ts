import type { ByteRange } from "../../domain/request.ts";
import { COMMA, skipBlanks } from "../json/ascii.ts";
import type { MemberHead } from "../json/walk.ts";
import type { MemberPlace } from "./member-edits.ts";

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
