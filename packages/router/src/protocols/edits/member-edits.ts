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

/**
 * Removes members, given in the order of the body, each with one comma. Neighbours become one edit,
 * because the comma between them goes with either.
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
