/**
 * A time as Go's `time.RFC3339Nano` prints it in UTC: up to nine fraction digits, zeros at the end dropped.
 * `milliseconds` counts from the epoch and may have a fraction.
 */
export function toRfc3339Nano(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const nanoseconds = Math.min(Math.round((milliseconds - seconds * 1000) * 1e6), 999_999_999);
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  const fraction = String(nanoseconds).padStart(9, "0").replace(/0+$/, "");
  return fraction === "" ? `${whole}Z` : `${whole}.${fraction}Z`;
}
