import { describe, expect, test } from "vitest";
import { readOrder, usageOf } from "./read-order.ts";

const known = ["gateway", "streams", "soak"];
const read = (line: string) => readOrder(line.split(" ").filter(Boolean), known);

test("without words, all parts are meant, at full length, and nothing is written", () => {
  expect(read("")).toEqual({
    kind: "order",
    order: { names: [], isShort: false, isFull: false, minutes: 30, jsonFile: undefined, mustWrite: false },
  });
});

test("parts and options may stand in any order, and a part counts once", () => {
  expect(read("streams --minutes 1.5 gateway streams --json out.json --write --full")).toMatchObject({
    order: { names: ["streams", "gateway"], minutes: 1.5, jsonFile: "out.json", mustWrite: true, isFull: true },
  });
});

describe("a wrong word is answered with a sentence:", () => {
  test.each([
    ["gatway", 'there is no part "gatway"; the parts are gateway, streams, soak.'],
    ["--quick", "Unknown option '--quick'"],
    ["--minutes", "Option '--minutes <value>' argument missing"],
    ["--minutes ten", 'not "ten"'],
    ["--minutes 0", 'not "0"'],
    ["--minutes 1441", 'not "1441"'],
    ["--short=1", "does not take an argument"],
    ["--short --write", "do not go together"],
  ])("%s", (line, words) => {
    const answer = read(line);
    expect(answer.kind).toBe("problem");
    expect(answer).toMatchObject({ sentence: expect.stringContaining(words) });
  });
});

test("help is told, with all parts in it", () => {
  expect(read("gateway -h").kind).toBe("usage");
  expect(usageOf(known)).toContain("Parts: gateway, streams, soak.");
});
