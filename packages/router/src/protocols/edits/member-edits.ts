import type { ByteRange, Edit } from "../../domain/request.ts";

/** Where a member of an object stands in a body. */
export interface MemberPlace {
  /** From the key's quote to the end of the value. */
  readonly member: ByteRange;
  readonly value: ByteRange;
  /** Positions of the commas around it; -1 where there is none. */
  readonly commaBefore: number;
  readonly commaAfter: number;
}

/** Where a further member of an object goes. */
export interface ObjectPlace {
  /** Position of the closing brace. */
  readonly insertAt: number;
  readonly isEmpty: boolean;
}

/** Replaces one value; `json` is its new text. */
export const replaceValue = (value: ByteRange, json: string, label: string): Edit => ({
  range: value,
  replacement: json,
  label,
});

/** Adds a member behind the others; `json` is `"key":value`. It counts, too, where the key stands there already. */
export const addMember = (object: ObjectPlace, json: string, label: string): Edit => ({
  range: { start: object.insertAt, end: object.insertAt },
  replacement: object.isEmpty ? json : `,${json}`,
  label,
});

/**
 * Removes members, given in the order of the body, each with one comma. Neighbours become one edit,
 * because the comma between them goes with either. Not to be mixed with `addMember` on the same object when nothing of
 * the object remains.
 */
export const removeMembers = (members: readonly MemberPlace[], label: string): readonly Edit[] =>
  joinNeighbours(members).map((run) => ({ range: rangeWithComma(run), replacement: "", label }));

type Run = Omit<MemberPlace, "value">;

const joinNeighbours = (members: readonly MemberPlace[]): readonly Run[] => {
  const runs: Run[] = [];
  for (const next of members) {
    const previous = runs.at(-1);
    if (previous === undefined || previous.commaAfter === -1 || previous.commaAfter !== next.commaBefore) {
      runs.push(next);
      continue;
    }
    const member = { start: previous.member.start, end: next.member.end };
    runs[runs.length - 1] = { member, commaBefore: previous.commaBefore, commaAfter: next.commaAfter };
  }
  return runs;
};

const rangeWithComma = ({ member, commaBefore, commaAfter }: Run): ByteRange => {
  if (commaAfter !== -1) return { start: member.start, end: commaAfter + 1 };
  if (commaBefore !== -1) return { start: commaBefore, end: member.end };
  return member;
};
