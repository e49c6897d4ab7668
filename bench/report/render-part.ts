import { type Cell, isMet, type PartResult, type Table, type Target } from "./findings.ts";
import { formatNumber } from "./format-number.ts";

/** One part as Markdown: for the results page, and readable on a terminal. */
export function renderPart(result: PartResult): string {
  const { part, title, setup, tables, targets, notes, chart } = result;
  const blocks = [
    `## ${title}`,
    [...setup, aboutRun(result)].join(" "),
    ...tables.map(renderTable),
    ...(targets.length === 0 ? [] : [renderTargets(targets)]),
    ...(chart === undefined ? [] : [`\`\`\`\n${chart.text}\n\`\`\``, `![Memory over time](${chart.svgName})`]),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join("\n")]),
    `Again: \`npm run bench -- ${part}\``,
  ];
  return `${blocks.join("\n\n")}\n`;
}

/** The bounds of some parts, and whether they were kept. */
export function renderTargets(targets: readonly Target[]): string {
  const rows = targets.map((target) => [
    target.what,
    `${target.side === "upper" ? "≤" : "≥"} ${formatNumber(target.bound)} ${target.unit}`.trim(),
    `${formatNumber(target.measured)} ${target.unit}`.trim(),
    isMet(target) ? "met" : "**not met**",
  ]);
  return renderTable({ title: "", head: ["Wanted", "Bound", "Measured", ""], rows });
}

/** A Markdown table, numbers to the right. */
function renderTable({ title, head, rows }: Table): string {
  const isNumber = head.map((_, at) => rows.every((row) => typeof row[at] === "number"));
  const lines = [
    rowOf(head),
    rowOf(isNumber.map((flag) => (flag ? "---:" : "---"))),
    ...rows.map((row) => rowOf(row.map(textOf))),
  ];
  return title === "" ? lines.join("\n") : `**${title}**\n\n${lines.join("\n")}`;
}

const rowOf = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

const textOf = (cell: Cell): string => (typeof cell === "number" ? formatNumber(cell) : cell);

function aboutRun({ surroundings, tookS, isShort, failures }: PartResult): string {
  const { date, commit } = surroundings;
  const form = isShort ? " Short form: it shows that everything works, its numbers mean little." : "";
  const wrong = failures === 0 ? "nothing failed" : `**${failures} failed**`;
  return `Measured ${date} UTC at commit ${commit}, in ${formatNumber(tookS)} s; ${wrong}.${form}`;
}
