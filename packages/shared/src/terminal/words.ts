/** `1 model`, `2 models`. */
export const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** `12 s`, `3 min`, `2 h`, `4 days`: one figure is enough to know how long something has been so. */
export function spanOf(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** Figures of a size in GiB: one place behind the point below ten. */
export const sizeOf = (gib: number): string => (gib < 10 ? String(Math.round(gib * 10) / 10) : String(Math.round(gib)));
