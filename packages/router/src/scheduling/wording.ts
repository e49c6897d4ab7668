import { BYTES_PER_GIB } from "@herd/shared";

const MS_PER_SECOND = 1000;
const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 3_600_000;

/** A duration for people: `0.4 s`, `3.4 s`, `45 s`, `3 min`, `2 h`. */
export function spokenDuration(ms: number): string {
  if (ms < 10 * MS_PER_SECOND) return `${(ms / MS_PER_SECOND).toFixed(1)} s`;
  if (ms < 2 * MS_PER_MINUTE) return `${Math.round(ms / MS_PER_SECOND)} s`;
  if (ms < 2 * MS_PER_HOUR) return `${Math.round(ms / MS_PER_MINUTE)} min`;
  return `${Math.round(ms / MS_PER_HOUR)} h`;
}

/** A size for people, in GiB; below 0.1 with two decimals. */
export function spokenSize(bytes: number): string {
  const gib = bytes / BYTES_PER_GIB;
  return `${gib.toFixed(Math.abs(gib) < 0.1 ? 2 : 1)} GiB`;
}

/** A factor with one decimal, without a needless `.0`. */
export const spokenFactor = (factor: number): string => `${Math.round(factor * 10) / 10}×`;
