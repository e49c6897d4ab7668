import { createFieldLookup } from "../json/field-names.ts";
import { skipValue } from "../json/skip.ts";
import { valueKind } from "../json/value-kind.ts";
import { type MemberHead, walkMembers } from "../json/walk.ts";

/** Takes what it wants from the value that starts at `at` and returns the position after the value. */
export type ReadField<Target> = (target: Target, at: number, head: MemberHead) => number;

/** Reads the object that starts at `at` into the target and returns the position after it. */
export type ReadObject<Target> = (target: Target, at: number) => number;

/**
 * Makes a reader of objects from the fields that matter, by lower-case name; keys match as in Go, other fields are
 * skipped. A value that is no object is skipped whole.
 */
export const createObjectReader = <Target extends { readonly body: Uint8Array }>(
  fields: Readonly<Record<string, ReadField<Target>>>,
): ReadObject<Target> => {
  const lookup = createFieldLookup(Object.keys(fields));
  const readers = new Map(Object.entries(fields));
  return (target, at) => {
    const { body } = target;
    if (valueKind(body, at) !== "object") return skipValue(body, at);
    return walkMembers(body, at, (start, head) => {
      const field = lookup(body, head.keyStart, head.keyEnd);
      const read = field === undefined ? undefined : readers.get(field);
      return read === undefined ? skipValue(body, start) : read(target, start, head);
    });
  };
};
