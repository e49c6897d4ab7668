import type { Point } from "../statistics.ts";

/** A curve over time. */
export interface Curve {
  /** Minutes and MiB. */
  readonly points: readonly Point[];
  readonly title: string;
}

const WIDTH = 72;
const HEIGHT = 14;
const LABEL = 8;

/** The highest and lowest value in every column; columns without points are left out. */
function columnsOf(points: readonly Point[], width: number) {
  const last = points.at(-1)?.x ?? 0;
  const columns = Map.groupBy(points, ({ x }) => Math.min(width - 1, Math.floor((x / Math.max(last, 1e-9)) * width)));
  return [...columns].map(([column, inside]) => {
    const values = inside.map(({ y }) => y);
    return { column, low: Math.min(...values), high: Math.max(...values) };
  });
}

/** Round bounds around all values, from 0 on. */
function topOf(points: readonly Point[]): number {
  const highest = Math.max(1, ...points.map(({ y }) => y));
  const step = 10 ** Math.floor(Math.log10(highest)) / 2;
  return Math.ceil(highest / step) * step;
}

/** The curve in characters, for a terminal. */
export function asciiChart({ points, title }: Curve): string {
  const top = topOf(points);
  const columns = columnsOf(points, WIDTH);
  const rows = Array.from({ length: HEIGHT }, (_, at) => {
    const floor = (top * (HEIGHT - 1 - at)) / HEIGHT;
    const ceiling = (top * (HEIGHT - at)) / HEIGHT;
    const marks: string[] = Array.from({ length: WIDTH }, () => " ");
    for (const { column, low, high } of columns) if (high >= floor && low < ceiling) marks[column] = "▪";
    const label = at % 3 === 0 ? ceiling.toFixed(0) : "";
    return `${label.padStart(LABEL - 1)} ┤${marks.join("")}`.trimEnd();
  });
  const last = (points.at(-1)?.x ?? 0).toFixed(1);
  const axis = `${" ".repeat(LABEL)}└${"─".repeat(WIDTH)}`;
  return [title, ...rows, axis, `${" ".repeat(LABEL)} 0${`${last} min`.padStart(WIDTH - 1)}`].join("\n");
}

const BOX = { width: 760, height: 260, left: 56, top: 36, right: 16, bottom: 36 };

/** The curve as a picture. */
export function svgChart({ points, title }: Curve): string {
  const top = topOf(points);
  const last = Math.max(points.at(-1)?.x ?? 0, 1e-9);
  const [plotWidth, plotHeight] = [BOX.width - BOX.left - BOX.right, BOX.height - BOX.top - BOX.bottom];
  const xOf = (x: number): string => (BOX.left + (x / last) * plotWidth).toFixed(1);
  const yOf = (y: number): string => (BOX.top + (1 - y / top) * plotHeight).toFixed(1);
  const text = (x: string, y: string, content: string) =>
    `<text x="${x}" y="${y}" text-anchor="middle">${content}</text>`;
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const y = yOf(top * share);
    const line = `<line x1="${BOX.left}" y1="${y}" x2="${BOX.width - BOX.right}" y2="${y}" stroke="#d0d7de"/>`;
    return `${line}<text x="${BOX.left - 8}" y="${Number(y) + 4}" text-anchor="end">${(top * share).toFixed(0)}</text>`;
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) =>
    text(xOf(last * share), `${BOX.height - 14}`, (last * share).toFixed(1)),
  );
  const path = points.map(({ x, y }) => `${xOf(x)},${yOf(y)}`).join(" ");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${BOX.width} ${BOX.height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${BOX.width}" height="${BOX.height}" fill="#ffffff"/>`,
    `<text x="${BOX.left}" y="20" font-size="14">${title}</text>`,
    ...grid,
    ...ticks,
    `<polyline points="${path}" fill="none" stroke="#0969da" stroke-width="1.5"/>`,
    "</svg>\n",
  ].join("\n");
}
