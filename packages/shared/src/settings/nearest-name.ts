/** Names longer than this are compared by their beginning only, so that a hostile name costs nothing. */
const COMPARED_LENGTH = 64;

/** The candidate with the fewest typing slips between it and `name`; the first of equals, undefined without candidates. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  let nearest: { readonly candidate: string; readonly slips: number } | undefined;
  for (const candidate of candidates) {
    const slips = countSlips(name.slice(0, COMPARED_LENGTH), candidate.slice(0, COMPARED_LENGTH));
    if (nearest === undefined || slips < nearest.slips) nearest = { candidate, slips };
  }
  return nearest?.candidate;
}

/** Typing slips that turn one text into the other: a letter added, lost or replaced, or two neighbours swapped (optimal string alignment). */
function countSlips(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = at(last, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const swapped = areSwapped({ from, to, row, column }) ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min(at(last, column) + 1, at(current, column - 1) + 1, replaced, swapped));
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function areSwapped(place: {
  readonly from: string;
  readonly to: string;
  readonly row: number;
  readonly column: number;
}): boolean {
  const { from, to, row, column } = place;
  return row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
}

function at(costs: readonly number[], index: number): number {
  return costs[index] ?? Number.POSITIVE_INFINITY;
}
