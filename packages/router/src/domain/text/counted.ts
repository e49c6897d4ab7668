/** A whole number with its noun: `1 request`, `2 requests`, `8,192 tokens`. */
export function counted(count: number, noun: string): string {
  const whole = Math.round(count);
  return `${grouped(whole)} ${noun}${whole === 1 ? "" : "s"}`;
}

/** Thousands apart, the same in every locale. */
const grouped = (whole: number): string => String(whole).replace(/\B(?=(\d{3})+$)/g, ",");
