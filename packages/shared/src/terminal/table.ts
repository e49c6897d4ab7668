import { type Paint, plain, type Tone } from "./paint.ts";
import { cutText, harmlessText, padText, textWidth } from "./text-width.ts";

/** One column of a table. */
export interface Column {
  readonly title: string;
  /** Numbers stand to the right. Default: left. */
  readonly side?: "left" | "right";
  /** Narrowest width to which its cells may be cut; absent: they never are. */
  readonly least?: number;
  /** Left out where the table would not fit otherwise; the highest number goes first. */
  readonly goesAt?: number;
}

/** A text, or one with a tone. */
export type Cell = string | { readonly text: string; readonly tone?: Tone | undefined };

/** What a table shows and where it must fit. */
export interface TableContent {
  readonly columns: readonly Column[];
  /** Cells in the order of the columns; missing ones are empty. */
  readonly rows: readonly (readonly Cell[])[];
  /** Columns of the terminal. Default: no limit. */
  readonly width?: number;
  readonly paint?: Paint;
}

const GAP = 2;

/** Rows under a head line. Columns are as wide as their widest cell, or as narrow as the width demands. Ends with a line end. */
export function table({ columns, rows, width = Number.POSITIVE_INFINITY, paint = plain }: TableContent): string {
  const natural = columns.map(({ title }, at) => Math.max(textWidth(title), ...rows.map((row) => cellWidth(row[at]))));
  const shown = columnsThatFit(columns, natural, width);
  const widths = narrowed(columns, shown, { natural, width });
  const line = (cells: readonly (Cell | undefined)[], tone?: Tone): string =>
    shown.map((at) => painted(cells[at], { column: columns[at], width: widths.get(at) ?? 0, paint, tone })).join("  ");
  const head = line(
    columns.map(({ title }) => title),
    "quiet",
  );
  return [head, ...rows.map((row) => line(row))].map((text) => `${text.trimEnd()}\n`).join("");
}

const textOf = (cell: Cell | undefined): string => harmlessText((typeof cell === "string" ? cell : cell?.text) ?? "");

const cellWidth = (cell: Cell | undefined): number => textWidth(textOf(cell));

/** Places of the columns that stay when each is as narrow as it may get. */
function columnsThatFit(columns: readonly Column[], natural: readonly number[], width: number): readonly number[] {
  const narrowest = columns.map((column, at) => Math.min(natural[at] ?? 0, column.least ?? Number.POSITIVE_INFINITY));
  let shown = columns.map((_, at) => at);
  const goers = shown
    .filter((at) => columns[at]?.goesAt !== undefined)
    .sort((one, other) => (columns[other]?.goesAt ?? 0) - (columns[one]?.goesAt ?? 0));
  for (const goer of goers) {
    if (total(shown, (at) => narrowest[at] ?? 0) <= width) break;
    shown = shown.filter((at) => at !== goer);
  }
  return shown;
}

interface Room {
  readonly natural: readonly number[];
  readonly width: number;
}

/** Takes columns off the widest one that may be cut, one by one, until the line fits. */
function narrowed(
  columns: readonly Column[],
  shown: readonly number[],
  { natural, width }: Room,
): ReadonlyMap<number, number> {
  const widths = new Map(shown.map((at) => [at, natural[at] ?? 0]));
  const widthAt = (at: number): number => widths.get(at) ?? 0;
  for (let over = total(shown, widthAt) - width; over > 0; over -= 1) {
    const cuttable = shown.filter((at) => widthAt(at) > (columns[at]?.least ?? Number.POSITIVE_INFINITY));
    const widest = cuttable.toSorted((one, other) => widthAt(other) - widthAt(one))[0];
    if (widest === undefined) break;
    widths.set(widest, widthAt(widest) - 1);
  }
  return widths;
}

const total = (shown: readonly number[], widthAt: (at: number) => number): number =>
  shown.reduce((sum, at) => sum + widthAt(at), 0) + GAP * Math.max(0, shown.length - 1);

interface Place {
  readonly column: Column | undefined;
  readonly width: number;
  readonly paint: Paint;
  readonly tone: Tone | undefined;
}

/** Blanks stay outside of the colour, so that the end of a line can be trimmed. */
function painted(cell: Cell | undefined, { column, width, paint, tone }: Place): string {
  const text = cutText(textOf(cell), width);
  const own = typeof cell === "object" ? cell.tone : tone;
  return padText(text, width, column?.side).replace(text, () => paint(text, own));
}
