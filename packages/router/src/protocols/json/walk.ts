import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, skipBlanks } from "./ascii.ts";
import { skipString, skipValue } from "./skip.ts";

/** A member of an object, seen when the walk reaches its value. Valid only during the visit. */
export interface MemberHead {
  /** Range of the key, quotes included. */
  keyStart: number;
  keyEnd: number;
  /** Position of the comma before the member; -1 for the first one. */
  commaBefore: number;
}

/** Looks at one value and returns the position after it. */
export type VisitMember = (valueStart: number, head: MemberHead) => number;

/**
 * Visits the members of the object that starts at `at`, in order, and returns the position after the object. The
 * document must have passed `scanDocument`. One head is reused for all visits.
 */
export const walkMembers = (body: Uint8Array, at: number, visit: VisitMember): number => {
  const head: MemberHead = { keyStart: 0, keyEnd: 0, commaBefore: -1 };
  let position = skipBlanks(body, at + 1);
  while (body[position] !== CLOSE_BRACE) {
    head.keyStart = position;
    head.keyEnd = skipString(body, position);
    const colon = skipBlanks(body, head.keyEnd);
    position = skipBlanks(body, visit(skipBlanks(body, colon + 1), head));
    if (body[position] !== COMMA) break;
    head.commaBefore = position;
    position = skipBlanks(body, position + 1);
  }
  return position + 1;
};

/** Visits the elements of the array that starts at `at`, in order, and returns the position after the array. */
export const walkElements = (body: Uint8Array, at: number, visit: (valueStart: number) => number): number => {
  let position = skipBlanks(body, at + 1);
  while (body[position] !== CLOSE_BRACKET) {
    position = skipBlanks(body, visit(position));
    if (body[position] !== COMMA) break;
    position = skipBlanks(body, position + 1);
  }
  return position + 1;
};

/** How many elements the array that starts at `at` has. */
export const countElements = (body: Uint8Array, at: number): number => {
  let count = 0;
  walkElements(body, at, (element) => {
    count += 1;
    return skipValue(body, element);
  });
  return count;
};
