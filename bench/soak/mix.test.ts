import { expect, test } from "vitest";
import { nextRequest } from "./mix.ts";
import { seededRandom, weighted } from "./random.ts";

function some(count: number, seed = 3) {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => nextRequest(random));
}

test("the same seed gives the same requests", () => {
  expect(some(50)).toEqual(some(50));
  expect(some(50)).not.toEqual(some(50, 4));
});

test("the mix holds every kind of request and every way to leave", () => {
  const requests = some(2_000);
  const paths = new Set(requests.map(({ path }) => path));
  for (const path of ["/api/chat", "/api/generate", "/v1/chat/completions", "/api/tags", "/v1/models"]) {
    expect(paths).toContain(path);
  }
  expect(new Set(requests.map(({ leaving }) => leaving)).size).toBe(4);
  expect(requests.filter(({ isStream }) => isStream).length).toBeGreaterThan(600);
  expect(requests.filter(({ status }) => status !== 200).length).toBeGreaterThan(50);
});

test("only who asks for a stream leaves in the middle of an answer, and bad requests are waited for", () => {
  const requests = some(2_000);
  expect(requests.filter(({ leaving, isStream }) => leaving === "mid-answer" && !isStream)).toEqual([]);
  expect(requests.filter(({ status, leaving }) => status !== 200 && leaving !== "never")).toEqual([]);
});

test("a choice falls as often as its weight says", () => {
  const things = [
    { name: "rare", weight: 1 },
    { name: "never", weight: 0 },
    { name: "usual", weight: 3 },
  ];
  const chosen = Array.from({ length: 100 }, (_, at) => weighted(things, at / 100).name);
  expect(chosen.filter((name) => name === "rare")).toHaveLength(25);
  expect(chosen.filter((name) => name === "usual")).toHaveLength(75);
});
