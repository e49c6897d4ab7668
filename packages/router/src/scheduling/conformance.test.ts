import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SchedulingView } from "../domain/candidate.ts";
import type { Reading } from "../domain/decision.ts";
import type { Filter } from "./contracts.ts";
import { filters } from "./filters.ts";
import { signalsProfile } from "./profile.ts";
import { describeFilters, describeSignals } from "./reference-pages.ts";
import { signals } from "./signals.ts";
import { arbitraryView, deepFrozen } from "./testing/arbitrary-view.ts";

declare global {
  interface ImportMeta {
    glob(pattern: string, options?: object): Readonly<Record<string, unknown>>;
  }
}

const files = {
  filters: Object.keys(import.meta.glob("./filters/*.ts")),
  signals: Object.keys(import.meta.glob("./signals/*.ts")),
};
const pages = import.meta.glob("../../../../docs/reference/{signals,filters}.md", {
  query: "?raw",
  import: "default",
  eager: true,
});

const sources = (folder: "filters" | "signals"): string[] =>
  files[folder].filter((path) => !path.endsWith(".test.ts")).map((path) => path.slice(`./${folder}/`.length, -3));
const tests = (folder: "filters" | "signals"): string[] =>
  files[folder].filter((path) => path.endsWith(".test.ts")).map((path) => path.slice(`./${folder}/`.length, -8));
const page = (name: string): unknown => pages[`../../../../docs/reference/${name}.md`];

describe.each([
  { folder: "filters" as const, units: filters.map((filter) => ({ ...filter, file: filter.name })) },
  {
    folder: "signals" as const,
    units: signals.map((signal) => ({ ...signal, file: signal.name.replaceAll("_", "-") })),
  },
])("the folder $folder", ({ folder, units }) => {
  it("has one file per listed unit, named after it, and no other file", () => {
    expect(sources(folder).toSorted()).toEqual(units.map(({ file }) => file).toSorted());
    expect(new Set(units.map(({ name }) => name)).size).toBe(units.length);
  });

  it("has a test beside every file", () => {
    expect(tests(folder).toSorted()).toEqual(sources(folder).toSorted());
  });

  it("has a row on its reference page for every unit", () => {
    for (const { name } of units) expect(page(folder)).toContain(`| \`${name}\` |`);
    for (const { meaning } of units) expect(page(folder)).toContain(meaning);
  });
});

describe("the reference pages", () => {
  it("are the ones that the declarations describe now", () => {
    expect(page("signals")).toContain(`\n${describeSignals()}\n`);
    expect(page("filters")).toContain(`\n${describeFilters()}\n`);
  });
});

describe.each(signals)("the signal $name", (signal) => {
  it("has a weight in the profile", () => {
    expect(signalsProfile.weights[signal.name]).toBeTypeOf("number");
  });

  it("scores within −1 and 1 with finite facts, gives equal readings for equal views, and leaves a deep-frozen view alone", () => {
    fc.assert(
      fc.property(arbitraryView, (view) => {
        const copy = structuredClone(view);
        deepFrozen(view);
        for (const [at, candidate] of view.candidates.entries()) {
          const reading = signal.measure(candidate, view);
          expectNumbers(reading);
          expect(signal.measure(candidate, view)).toEqual(reading);
          const twin = copy.candidates[at];
          expect(twin === undefined ? undefined : signal.measure(twin, copy)).toEqual(reading);
        }
      }),
    );
  });

  it("explains every reading in one short sentence without holes", () => {
    fc.assert(
      fc.property(arbitraryView, (view) => {
        for (const candidate of view.candidates) expectSentence(signal.explain(signal.measure(candidate, view)));
      }),
    );
  });
});

describe.each(filters)("the filter $name", (filter) => {
  it("answers equally for equal views, explains every rejection, and leaves a deep-frozen view alone", () => {
    fc.assert(fc.property(arbitraryView, (view) => expectSteady(filter, view)));
  });
});

function expectSteady(filter: Filter, view: SchedulingView): void {
  const copy = structuredClone(view);
  deepFrozen(view);
  for (const [at, candidate] of view.candidates.entries()) {
    const reason = filter.reject(candidate, view);
    const twin = copy.candidates[at];
    expect(twin === undefined ? undefined : filter.reject(twin, copy)).toEqual(reason);
    if (reason === undefined) continue;
    expect(Object.values(reason.facts).every(Number.isFinite)).toBe(true);
    expectSentence(filter.explain(reason));
  }
}

function expectNumbers({ score, facts }: Reading): void {
  expect(score).toBeGreaterThanOrEqual(-1);
  expect(score).toBeLessThanOrEqual(1);
  expect(Object.values(facts).every(Number.isFinite)).toBe(true);
}

function expectSentence(sentence: string): void {
  expect(sentence.length).toBeGreaterThan(10);
  expect(sentence.length).toBeLessThan(160);
  expect(sentence).not.toMatch(/undefined|NaN|Infinity|\{|\.$/);
}
