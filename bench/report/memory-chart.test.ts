import { expect, test } from "vitest";
import { asciiChart, svgChart } from "./memory-chart.ts";

const points = Array.from({ length: 100 }, (_, at) => ({ x: at / 10, y: 100 + at }));

test("a curve that rises goes up from left to right, below a bound that holds all of it", () => {
  const lines = asciiChart({ points, title: "Memory" }).split("\n");
  const rowOf = (column: number): number => lines.findIndex((line) => line[column] === "▪");
  expect(rowOf(9)).toBeGreaterThan(rowOf(79));
  expect(rowOf(79)).toBeGreaterThan(0);
  expect(Number(lines[1]?.split("┤")[0])).toBeGreaterThanOrEqual(199);
  expect(lines.at(-1)).toMatch(/0 +9\.9 min$/);
});

test("the picture has a place for every point, inside its frame", () => {
  const svg = svgChart({ points, title: "Memory" });
  const places = /polyline points="([^"]+)"/.exec(svg)?.[1]?.split(" ") ?? [];
  expect(places).toHaveLength(points.length);
  for (const place of places) {
    const [x = -1, y = -1] = place.split(",").map(Number);
    expect(x >= 0 && x <= 760 && y >= 0 && y <= 260).toBe(true);
  }
});

test("nothing measured gives an empty frame", () => {
  expect(asciiChart({ points: [], title: "Memory" })).not.toContain("▪");
  expect(svgChart({ points: [], title: "Memory" })).toContain('points=""');
});
