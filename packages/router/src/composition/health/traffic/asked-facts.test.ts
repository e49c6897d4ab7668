import { expect, test } from "vitest";
import type { Ask } from "../../../traces/questions.ts";
import { createAskedFacts } from "./asked-facts.ts";

/** Questions that are answered when the test says so, on a clock of its own. */
function askedBy(answer: (name: string) => Promise<unknown>) {
  const clock = { now: 1000 };
  const names: string[] = [];
  const ask = ((name: string) => {
    names.push(name);
    return answer(name);
  }) as unknown as Ask;
  return { clock, names, facts: createAskedFacts({ ask, now: () => clock.now }) };
}

test("the first look has no answers yet and asks; later ones have the last answers", async () => {
  const { facts, names } = askedBy(async (name) => (name === "healthTraffic" ? { uses: [] } : { paces: [] }));
  expect(facts.latest()).toEqual({});
  expect(facts.latest()).toEqual({});
  await facts.ready();
  expect(facts.latest()).toEqual({ uses: [], paces: [] });
  expect(names).toEqual(["healthTraffic", "healthHabits"]);
});

test("what happened is asked for anew after 15 s, what is usual after 10 min, and never twice at a time", async () => {
  const { facts, names, clock } = askedBy(async () => ({}));
  await facts.ready();
  clock.now += 14_999;
  facts.latest();
  expect(names).toHaveLength(2);
  clock.now += 1;
  facts.latest();
  facts.latest();
  expect(names).toEqual(["healthTraffic", "healthHabits", "healthTraffic"]);
  await facts.ready();
  clock.now += 600_000;
  await facts.ready();
  expect(names.slice(3)).toEqual(["healthTraffic", "healthHabits"]);
});

test("who must know now has what happened asked for anew, and waits for the answer", async () => {
  const { facts, names, clock } = askedBy(async (name) => (name === "healthTraffic" ? { uses: [clock.now] } : {}));
  await facts.ready();
  clock.now += 1999;
  await facts.refresh(2000);
  expect(names).toHaveLength(2);
  clock.now += 1;
  await facts.refresh(2000);
  expect(names.slice(2)).toEqual(["healthTraffic"]);
  expect(facts.latest()).toMatchObject({ uses: [clock.now] });
});

test("a question that is not answered is not asked again while it waits", async () => {
  const { facts, names, clock } = askedBy(() => new Promise(() => undefined));
  facts.latest();
  clock.now += 1_000_000;
  facts.latest();
  expect(names).toEqual(["healthTraffic", "healthHabits"]);
});

test("a question that fails leaves the last answer in force and is asked again after its time", async () => {
  let isBroken = false;
  const { facts, names, clock } = askedBy(async () => {
    if (isBroken) throw new Error("the database is locked");
    return { uses: [] };
  });
  await facts.ready();
  isBroken = true;
  clock.now += 20_000;
  await facts.ready();
  expect(facts.latest()).toEqual({ uses: [] });
  clock.now += 20_000;
  await facts.ready();
  expect(names.filter((name) => name === "healthTraffic")).toHaveLength(3);
});
