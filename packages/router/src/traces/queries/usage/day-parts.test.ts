import { expect, test } from "vitest";
import { openStore } from "../../../storage/testing/open-store.ts";
import { createDayParts } from "./day-parts.ts";

const DAY = 86_400;
const HOUR = 3600;
/** The beginning of a UTC day. */
const day0 = Math.floor(1_790_000_000 / DAY) * DAY;

/** Parts that say which hours they tell, of a table with an hour at the begin of each of some days. */
function parts({ days, bytes = 1 }: { readonly days: number; readonly bytes?: number }) {
  const { connection } = openStore();
  const insert = connection.prepare(
    "INSERT INTO usage_tags_hourly (hour, tag, traffic, first_seen, last_seen) VALUES (?, 'a', '', 0, 0)",
  );
  for (let day = 0; day < days; day += 1) insert.run(day0 + day * DAY);
  const made: (readonly [number, number])[] = [];
  const own = createDayParts(connection, {
    table: "usage_tags_hourly",
    make: (fromHour, toHour) => {
      const part = [(fromHour - day0) / HOUR, (toHour - day0) / HOUR] as const;
      made.push(part);
      return part;
    },
    weigh: () => bytes,
  });
  const of = (from: number, to: number, now: number) => [
    ...own.of({ from: day0 + from * HOUR, to: day0 + to * HOUR, now: day0 + now * HOUR }),
  ];
  const makeAll = (now: number): number => {
    let steps = 0;
    while (own.makeNext(day0 + now * HOUR) && steps < 1000) steps += 1;
    return steps;
  };
  return { connection, of, makeAll, made };
}

test("a span is its days, the newest first, cut at its ends and at what is stored", () => {
  const { of } = parts({ days: 3 });
  expect(of(-100, 1000, 1000)).toEqual([
    [48, 72],
    [24, 48],
    [0, 24],
  ]);
  expect(of(5, 30, 1000)).toEqual([
    [24, 30],
    [5, 24],
  ]);
  expect(of(500, 600, 1000)).toEqual([]);
});

test("a day that is over is made once, one that may still get requests each time", () => {
  const { of, made } = parts({ days: 2 });
  of(0, 48, 48.9);
  of(0, 48, 48.9);
  expect(made).toEqual([
    [24, 48],
    [0, 24],
    [24, 48],
  ]);
});

test("what was made is made anew after a while, and when the clock went back", () => {
  const { of, made } = parts({ days: 1 });
  of(0, 24, 100);
  of(0, 24, 103);
  of(0, 24, 102);
  expect(made).toHaveLength(3);
});

test("everything that can be kept is made ahead, and then there is nothing to do", () => {
  const { of, makeAll, made } = parts({ days: 5 });
  expect(makeAll(24 * 5 - 1)).toBe(4);
  expect(of(0, 96, 24 * 5 - 1)).toHaveLength(4);
  expect(made).toHaveLength(4);
});

test("what is too much to keep is made for each question, and never without end ahead", () => {
  const { of, makeAll, made } = parts({ days: 5, bytes: 14 * 2 ** 20 });
  expect(makeAll(1000)).toBe(2);
  expect(of(0, 120, 1000)).toHaveLength(5);
  expect(made).toHaveLength(2 + 1 + 3);
});

test("days that were deleted take no room any more", () => {
  const { connection, of, makeAll, made } = parts({ days: 3, bytes: 14 * 2 ** 20 });
  expect(makeAll(1000)).toBe(2);
  connection.exec(`DELETE FROM usage_tags_hourly WHERE hour < ${day0 + 2 * DAY}`);
  const insert = "INSERT INTO usage_tags_hourly (hour, tag, traffic, first_seen, last_seen) VALUES (?, 'a', '', 0, 0)";
  connection.prepare(insert).run(day0 + 3 * DAY);
  expect(makeAll(1000)).toBe(1);
  of(72, 96, 1000);
  expect(made).toHaveLength(4);
});

test("a row of 1970 makes no work ahead beyond the last four hundred days", () => {
  const { connection, makeAll, made } = parts({ days: 2 });
  connection.exec(
    "INSERT INTO usage_tags_hourly (hour, tag, traffic, first_seen, last_seen) VALUES (0, 'a', '', 0, 0)",
  );
  expect(makeAll(100)).toBe(made.length);
  expect(made.length).toBeLessThanOrEqual(400);
});
