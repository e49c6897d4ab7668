/** The values with as few digits as name each float of four bytes: what Go prints for a `float32`. */
export function shortFloats(vector: Float32Array): number[] {
  return Array.from(vector, shortFloat);
}

/** Nine digits always suffice, six never mislead: every decimal of six digits is told apart by such a float. */
function shortFloat(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}
