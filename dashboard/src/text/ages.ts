const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Up to here hours say more than days. */
const LAST_IN_HOURS = 2 * DAY;

/** How long ago something was, from seconds: `just now`, `12 s ago`, `3 min ago`, `5 h ago`, `4 days ago`. */
export function agoText(seconds: number): string {
  return seconds < 1 ? "just now" : `${durationText(seconds)} ago`;
}

/** A length of time in its largest fitting unit, rounded down: `0 s`, `12 s`, `3 min`, `5 h`, `4 days`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) return `${whole}\u00a0s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)}\u00a0min`;
  if (whole < LAST_IN_HOURS) return `${Math.floor(whole / HOUR)}\u00a0h`;
  return `${Math.floor(whole / DAY)}\u00a0days`;
}

/** The time of day, to the second, as this browser's place writes it. `at`: Unix epoch ms. */
export function timeOfDay(at: number): string {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}
