import { plainText } from "../words.ts";

/** To one digit behind the point. */
export const rounded = (value: number): number => Math.round(value * 10) / 10;

/** A share as percent with one digit; 0 of nothing. */
export const percent = (part: number, whole: number): number => (whole <= 0 ? 0 : rounded((100 * part) / whole));

const MOST_NAMES = 4;

/** At most four different names, the rest counted. Control characters would end lines or colour terminals. */
export function listed(names: Iterable<string>): string {
  const all = [...new Set(names)].map(plainText);
  if (all.length <= MOST_NAMES) return all.join(", ");
  return `${all.slice(0, MOST_NAMES).join(", ")} and ${all.length - MOST_NAMES} more`;
}
