/**
 * Sums of usage, told day by day. A UTC day that is over hardly changes any more: what is told of it is made once and kept
 * by the connection that reads, so that a question about a year costs hardly more than one about today. What comes late (rows
 * that waited for a disk, a clock that was wrong) or was deleted meanwhile is told within two hours.
 */
import type { Connection } from "../../../storage/connection.ts";
import { DAY_S, dayOf, isOver, type UsageQuestion, usageRange } from "./usage-range.ts";

/** What a day's part is made of. */
export interface DayPartsSource<Part> {
  readonly table: keyof typeof momentOf;
  /** Some hours of one UTC day, Unix epoch seconds; the end is exclusive. */
  readonly make: (fromHour: number, toHour: number) => Part;
  /** Memory that it takes, about, bytes. */
  readonly weigh: (part: Part) => number;
}

/** The parts of one table's days. */
export interface DayParts<Part> {
  /** What a span consists of, the newest day first. */
  readonly of: (question: UsageQuestion) => Iterable<Part>;
  /** Makes the newest one that is to be kept and is not known, before somebody asks; false when there is none. @param now Unix epoch seconds */
  readonly makeNext: (now: number) => boolean;
}

/** After this, and up to as long again, a day is told anew: retention deletes what is old, s. */
const KEPT_FOR_S = 3600;
/** Not all days at once: this many of them in turn, a minute each. */
const TURNS = 60;
const TURN_S = 60;
/** What the kept parts of one table may take, bytes. Beyond it days are told anew for each question. */
const MOST_KEPT = 32 * 2 ** 20;
/** Days that are made ahead, s. A machine without a clock of its own may have written rows of 1970. */
const AHEAD_S = 400 * DAY_S;

interface Kept<Part> {
  readonly part: Part;
  readonly madeAt: number;
  readonly until: number;
}

/** Prepares the parts of a table; nothing is read yet. */
export function createDayParts<Part>(connection: Connection, source: DayPartsSource<Part>): DayParts<Part> {
  const ends = connection.prepare<[], Ends>(storedEnds(source.table));
  const kept = new Map<number, Kept<Part>>();
  let weight = 0;
  const known = (day: number, now: number): Part | undefined => {
    const found = kept.get(day);
    return found !== undefined && found.madeAt <= now && now < found.until ? found.part : undefined;
  };
  const keep = (day: number, now: number): Part => {
    const former = kept.get(day);
    const part = source.make(day, day + DAY_S);
    const more = source.weigh(part) - (former === undefined ? 0 : source.weigh(former.part));
    if (weight + more > MOST_KEPT) return part;
    weight += more;
    kept.set(day, { part, madeAt: now, until: now + KEPT_FOR_S + ((day / DAY_S) % TURNS) * TURN_S });
    return part;
  };
  /** Retention has deleted them. */
  const forgetBefore = (oldest: number): void => {
    for (const [day, { part }] of kept) {
      if (day >= oldest) continue;
      kept.delete(day);
      weight -= source.weigh(part);
    }
  };
  return {
    *of(question) {
      const { fromHour, toHour } = usageRange(question);
      for (const day of storedDays(ends, { fromHour, toHour })) {
        const [begin, end] = [Math.max(day, fromHour), Math.min(day + DAY_S, toHour)];
        if (end - begin < DAY_S || !isOver(day, question.now)) yield source.make(begin, end);
        else yield known(day, question.now) ?? keep(day, question.now);
      }
    },
    makeNext(now) {
      const days = storedDays(ends, { fromHour: now - AHEAD_S, toHour: now });
      forgetBefore(days.at(-1) ?? now);
      const missing = days.find((day) => isOver(day, now) && known(day, now) === undefined);
      if (missing === undefined) return false;
      keep(missing, now);
      // Where no more can be kept, there is nothing to be done ahead.
      return known(missing, now) !== undefined;
    },
  };
}

interface Ends {
  readonly first: number | null;
  readonly last: number | null;
}

/** Each by itself: together they would go through the whole table. */
export const storedEnds = (table: keyof typeof momentOf): string =>
  `SELECT (SELECT min(${momentOf[table]}) FROM ${table}) AS first, (SELECT max(${momentOf[table]}) FROM ${table}) AS last`;

/** The column that the primary key begins with. */
const momentOf = { usage_hourly: "hour", usage_tags_hourly: "hour", usage_sketches: "day" } as const;

/** The days of a range for which something may be stored, the newest first. */
function storedDays(
  ends: { readonly get: () => Ends | undefined },
  { fromHour, toHour }: { readonly fromHour: number; readonly toHour: number },
): number[] {
  const { first, last } = ends.get() ?? { first: null, last: null };
  const days: number[] = [];
  if (first === null || last === null) return days;
  const oldest = dayOf(Math.max(first, fromHour));
  for (let day = dayOf(Math.min(last, toHour - 1)); day >= oldest; day -= DAY_S) days.push(day);
  return days;
}

/** Makes something once for each connection, so that several questions share it. */
export function perConnection<Made>(make: (connection: Connection) => Made): (connection: Connection) => Made {
  const made = new WeakMap<Connection, { readonly one: Made }>();
  return (connection) => {
    const found = made.get(connection) ?? { one: make(connection) };
    made.set(connection, found);
    return found.one;
  };
}
