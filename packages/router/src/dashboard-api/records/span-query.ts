import { z } from "zod";

const HOUR_S = 3600;
const DAY_S = 86_400;
const MOST_DAYS = 3650;
const MOST_HOURS = 8760;

/** Before the year 2286: a moment in ms, taken for seconds, is refused. */
const moment = z.coerce.number().min(0).max(9_999_999_999);

const range = {
  start_ts: moment.optional().describe("Unix epoch seconds; with end_ts it takes the place of the span up to now"),
  end_ts: moment.optional().describe("Unix epoch seconds"),
};

interface Range {
  readonly start_ts?: number | undefined;
  readonly end_ts?: number | undefined;
}

/** Both ends or none, in their order, and not too far apart. */
const checkRange =
  (mostS: number) =>
  (range: Range, context: z.RefinementCtx): void => {
    const trouble = troubleOf(range, mostS);
    if (trouble !== undefined) context.addIssue({ code: "custom", path: [trouble[0]], message: trouble[1] });
  };

/** The field at fault, and what is wrong with it. */
function troubleOf({ start_ts: start, end_ts: end }: Range, mostS: number): readonly [string, string] | undefined {
  if (start === undefined && end === undefined) return undefined;
  if (start === undefined) return ["start_ts", "is needed when end_ts is given"];
  if (end === undefined) return ["end_ts", "is needed when start_ts is given"];
  if (end <= start) return ["end_ts", "must be after start_ts"];
  return end - start > mostS ? ["start_ts", `may be ${mostS / DAY_S} days before end_ts at most`] : undefined;
}

/** `days` up to now, or from `start_ts` to `end_ts`. */
export const daysQuery = z
  .strictObject({ days: z.coerce.number().int().min(1).max(MOST_DAYS).default(7), ...range })
  .superRefine(checkRange(MOST_DAYS * DAY_S));

/** `hours` up to now, or from `start_ts` to `end_ts`. */
export const hoursQuery = z
  .strictObject({ hours: z.coerce.number().int().min(1).max(MOST_HOURS).default(72), ...range })
  .superRefine(checkRange(MOST_HOURS * HOUR_S));

/** Only `days`. */
export const onlyDaysQuery = z.strictObject({ days: z.coerce.number().int().min(1).max(MOST_DAYS).default(7) });

/** From when to when is asked, and when: Unix epoch seconds. */
export interface AskedSpan {
  readonly from: number;
  readonly to: number;
  readonly now: number;
}

/** The span of a query. @param now Unix epoch ms. Whole seconds, so that who asks in the same second asks the same */
export function spanOf(query: Range & { readonly days?: number; readonly hours?: number }, now: number): AskedSpan {
  const nowS = Math.floor(now / 1000);
  if (query.start_ts !== undefined && query.end_ts !== undefined)
    return { from: query.start_ts, to: query.end_ts, now: nowS };
  return { from: nowS - (query.days ?? 0) * DAY_S - (query.hours ?? 0) * HOUR_S, to: nowS + 1, now: nowS };
}

/** What really is counted: whole UTC hours. */
export const countedSpan = ({ from, to }: AskedSpan) => ({
  start_ts: Math.floor(from / HOUR_S) * HOUR_S,
  end_ts: Math.ceil(to / HOUR_S) * HOUR_S,
});
