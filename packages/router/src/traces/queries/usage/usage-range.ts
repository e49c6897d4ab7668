const HOUR_S = 3600;
/** A UTC day, s. */
export const DAY_S = 86_400;
/** Later than every clock that is ahead, Unix epoch seconds. */
export const LAST = 9_999_999_999;

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

/** A span for an answer that is written as JSON. */
export interface WrittenQuestion extends UsageQuestion {
  /** Members that stand before those of the answer. */
  readonly head?: Readonly<Record<string, unknown>>;
}

/** A span brought to whole UTC hours: Unix epoch seconds, the end is exclusive. */
export interface UsageRange {
  readonly fromHour: number;
  readonly toHour: number;
}

/** The beginning of the UTC hour that a moment lies in. */
export const hourOf = (at: number): number => Math.floor(at / HOUR_S) * HOUR_S;

/** The beginning of the UTC day that a moment lies in. */
export const dayOf = (at: number): number => Math.floor(at / DAY_S) * DAY_S;

/** How long after its end a day may still get requests: rows are written shortly after a request has ended, s. */
const CLOSES_AFTER_S = HOUR_S;

/** Whether a day gets no more requests. @param day its beginning  @param now Unix epoch seconds */
export const isOver = (day: number, now: number): boolean => day + DAY_S + CLOSES_AFTER_S <= now;

/** The hour in which a span begins up to the end of the hour in which it ends. */
export function usageRange({ from, to }: UsageSpan): UsageRange {
  const fromHour = hourOf(from);
  return { fromHour, toHour: Math.max(fromHour, Math.ceil(to / HOUR_S) * HOUR_S) };
}
