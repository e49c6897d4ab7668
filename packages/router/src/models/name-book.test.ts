import { modelKey } from "@herd/shared";
import { beforeEach, describe, expect, test } from "vitest";
import type { FleetSnapshot } from "../domain/fleet-snapshot.ts";
import { NameBook } from "./name-book.ts";

const START = 1_790_000_000_000;
const DAY = 86_400_000;

let now: number;
let held: Map<string, number>;
let onNodes: Set<string>;
let onDemo: string[];
let asked: number;
/** What the nodes turn out to have when they are asked. */
let discovered: string[];
let answer: Promise<void>;
let book: NameBook;

beforeEach(() => {
  now = START + 60_000;
  held = new Map();
  onNodes = new Set();
  onDemo = [];
  asked = 0;
  discovered = [];
  answer = Promise.resolve();
  book = new NameBook({
    fleet: (withDemo) => fleetWith(withDemo ? [...onNodes, ...onDemo] : [...onNodes]),
    now: () => now,
    wasHeld: (key, since) => (held.get(key) ?? 0) >= since,
    askNodes: async () => {
      asked += 1;
      await answer;
      for (const name of discovered) onNodes.add(name);
    },
    rules: { startedAt: START, graceMs: 15_000, holdMs: 30_000, knownForMs: 7 * DAY },
  });
});

const fleetWith = (names: readonly string[]) =>
  ({ holders: new Map(names.map((name) => [modelKey(name), []])) }) as unknown as FleetSnapshot;

const meaningOf = (name: string) => book.meaningOf(modelKey(name));

describe("a model's name", () => {
  test("that some node has is known, at once and without a question", () => {
    onNodes.add("m");
    expect([meaningOf("m"), asked]).toEqual([{ kind: "known", holdMs: 30_000 }, 0]);
  });

  test("that some node had in the last seven days is worth waiting for", () => {
    held.set("m", now - 7 * DAY);
    expect(meaningOf("m")).toEqual({ kind: "known", holdMs: 30_000 });
  });

  test("that only the demo has exists for those who see the demo, and for nobody else", async () => {
    onDemo = ["demo"];
    expect(meaningOf("demo")).toEqual({ kind: "known", holdMs: 30_000 });
    expect(await book.meaningOf(modelKey("demo"), false)).toEqual({ kind: "unknown" });
  });

  test("that was last there longer ago is not", async () => {
    held.set("m", now - 7 * DAY - 1);
    expect(await meaningOf("m")).toEqual({ kind: "unknown" });
  });

  test("that nobody knows may still come in the first seconds after the start, for the rest of them", () => {
    now = START + 4000;
    expect([meaningOf("m"), asked]).toEqual([{ kind: "maybe", holdMs: 11_000 }, 0]);
    now = START + 14_999;
    expect(meaningOf("m")).toEqual({ kind: "maybe", holdMs: 1 });
  });

  test("that was pulled a moment ago is found by asking the nodes", async () => {
    discovered = ["m"];
    expect(await meaningOf("m")).toEqual({ kind: "known", holdMs: 30_000 });
  });
});

describe("asking the nodes", () => {
  test("is done once for all who wait for the answer", async () => {
    const gate = Promise.withResolvers<void>();
    answer = gate.promise;
    const meanings = [meaningOf("m"), meaningOf("n"), meaningOf("m")];
    gate.resolve();
    expect(await Promise.all(meanings)).toEqual([{ kind: "unknown" }, { kind: "unknown" }, { kind: "unknown" }]);
    expect(asked).toBe(1);
  });

  test("is good for five seconds", async () => {
    await meaningOf("m");
    now += 5000;
    await meaningOf("m");
    expect(asked).toBe(1);
    now += 1;
    await meaningOf("m");
    expect(asked).toBe(2);
  });
});
