import type { Row, Verdict } from "../compare/verdict.ts";

/** A verdict as the table says it. */
export function verdictText(verdict: Verdict): string {
  switch (verdict.kind) {
    case "equal":
    case "equal in form":
      return verdict.kind;
    case "intended":
      return `intended difference: ${verdict.names.join(" + ")}${verdict.isInForm ? " (else equal in form)" : ""}`;
    case "different":
      return `DIFFERENT: ${verdict.differences.map(({ at }) => at).join(", ")}`;
    case "not run":
      return `not run: ${verdict.reason}`;
  }
}

/** The rows as a table for a terminal. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [["route", "step", "direct", "router", "verdict"], ...rows.map(cellsOf)];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")).join("\n");
}

/** The cells of one row. */
export const cellsOf = ({ route, step, direct, router, verdict }: Row): readonly string[] => [
  route,
  step,
  String(direct ?? "-"),
  String(router ?? "-"),
  verdictText(verdict),
];

/** What every row that differs differs in, both sides below each other. */
export function findingsOf(rows: readonly Row[]): string {
  return rows
    .flatMap(({ route, step, verdict }) => {
      if (verdict.kind !== "different") return [];
      const lines = verdict.differences.map(
        ({ at, direct, router }) =>
          `  ${at}\n    direct: ${JSON.stringify(direct)}\n    router: ${JSON.stringify(router)}`,
      );
      return [`${route}  ${step}\n${lines.join("\n")}`];
    })
    .join("\n\n");
}

/** How many rows there are of each kind, in a sentence. */
export function totalsOf(rows: readonly Row[]): string {
  const kinds = ["equal", "equal in form", "intended", "different", "not run"] as const;
  const names = { intended: "intended difference", different: "DIFFERENT" } as const;
  const counts = kinds.map((kind) => {
    const count = rows.filter(({ verdict }) => verdict.kind === kind).length;
    return `${count} ${kind in names ? names[kind as keyof typeof names] : kind}`;
  });
  return `${rows.length} steps: ${counts.join(", ")}`;
}
