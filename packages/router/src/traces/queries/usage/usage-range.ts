const HOUR_S = 3600;
const DAY_S = 86_400;

/** From when to when, Unix epoch seconds. */
export interface UsageSpan {
  readonly from: number;
  readonly to: number;
}

/** A span, and the moment it is asked at. */
export interface UsageQuestion extends UsageSpan {
  /** Unix epoch seconds. */
  readonly now: number;
}

/**
 * A span brought to whole UTC hours and cut into hours, whole days, and hours: `head` ≤ `firstDay` ≤ `lastDay` ≤ `tail`
 * bound them. Unix epoch seconds; ends are exclusive.
 */
export interface UsageRange {
  readonly fromHour: number;
  readonly firstDay: number;
  readonly lastDay: number;
  readonly toHour: number;
}

/** The beginning of the UTC hour that a moment lies in. */
export const hourOf = (at: number): number => Math.floor(at / HOUR_S) * HOUR_S;

/** The beginning of the UTC day that a moment lies in. */
export const dayOf = (at: number): number => Math.floor(at / DAY_S) * DAY_S;

/** How long after its end a day may still get requests: rows are written shortly after a request has ended, s. */
const CLOSES_AFTER_S = HOUR_S;

/** The hour in which it begins up to the end of the hour in which it ends. Only days that are over count as whole ones. */
export function usageRange({ from, to, now }: UsageQuestion): UsageRange {
  const fromHour = hourOf(from);
  const toHour = Math.max(fromHour, Math.ceil(to / HOUR_S) * HOUR_S);
  const firstDay = Math.ceil(fromHour / DAY_S) * DAY_S;
  const lastDay = Math.min(dayOf(toHour), dayOf(now - CLOSES_AFTER_S));
  if (firstDay < lastDay) return { fromHour, firstDay, lastDay, toHour };
  return { fromHour, firstDay: toHour, lastDay: toHour, toHour };
}

/** The days of a range that are taken whole. */
export function* wholeDays({ firstDay, lastDay }: UsageRange): Generator<number> {
  for (let day = firstDay; day < lastDay; day += DAY_S) yield day;
}
