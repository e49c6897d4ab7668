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

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** `3.3 GB`, `55 MB`: bytes in the decimal units in which models and networks are measured. */
export function bytesOf(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : String(Math.round(value))} ${BYTE_UNITS[unit]}`;
}

/** `0:30`, `12:05`, `3:00:00`: time as a clock shows it. `-` for what takes for ever. */
export function clockOf(seconds: number): string {
  if (!Number.isFinite(seconds)) return "-";
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (count: number): string => String(count).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** `0.4 ms`, `340 ms`, `1.25 s`, `2:05`: how long something took. */
export function durationOf(milliseconds: number): string {
  if (milliseconds < 10) return `${Math.round(milliseconds * 10) / 10} ms`;
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 99_950) return `${(milliseconds / 1000).toFixed(milliseconds < 9_995 ? 2 : 1)} s`;
  return clockOf(milliseconds / 1000);
}
