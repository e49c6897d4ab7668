import { fitsPattern, type Place, placeOf } from "./place.ts";

/** A thing that a row of the table names: a folder, a package of ours, a library, a module of Node. */
export interface Token {
  readonly name: string;
  /** Only its types. */
  readonly typesOnly: boolean;
}

/** One row of the table: what the files it is about may and may not import. */
export interface ImportRule {
  /** Patterns such as `router/fleet/api/**`. */
  readonly files: readonly string[];
  readonly may: readonly Token[];
  readonly never: readonly Token[];
  /** Which of its files must be pure. */
  readonly purity: "none" | "all" | "all-but-run";
}

const heading = "## Who may import whom";

/**
 * Reads the table under "Who may import whom". Only what stands in backticks counts; the rest is for people.
 * @throws {Error} when the section or the table is not there, or a row has no files
 */
export function parseRuleTable(markdown: string): readonly ImportRule[] {
  const section = markdown.split(/^(?=## )/m).find((part) => part.startsWith(heading));
  if (section === undefined) throw new Error(`ARCHITECTURE.md has no section "${heading}"`);
  const rows = section.split("\n").filter((line) => line.startsWith("|"));
  const [, , ...rules] = rows;
  if (rules.length === 0) throw new Error(`ARCHITECTURE.md has no table under "${heading}"`);
  return rules.map(parseRow);
}

/** The first row that is about a file: a file obeys that row and no other. */
export function ruleFor(file: string, table: readonly ImportRule[]): ImportRule | undefined {
  const { packageName, path } = placeOf(file);
  return table.find((rule) => rule.files.some((pattern) => fitsPattern(`${packageName}/${path}`, pattern)));
}

/** Whether a file must be free of effects under its row. */
export function mustBePure(rule: ImportRule, { path }: Place): boolean {
  return rule.purity === "all" || (rule.purity === "all-but-run" && !path.endsWith(".run"));
}

function parseRow(row: string): ImportRule {
  const [files = "", may = "", never = "", pure = ""] = row.split("|").slice(1);
  const patterns = tokensIn(files).map((token) => token.name);
  if (patterns.length === 0) throw new Error(`a row under "${heading}" names no files in backticks: ${row}`);
  return { files: patterns, may: tokensIn(may), never: tokensIn(never), purity: purityIn(pure) };
}

function tokensIn(cell: string): readonly Token[] {
  const found = cell.matchAll(/(types of )?`([^`]+)`/g);
  return [...found].map(([, typesOf, name = ""]) => ({ name, typesOnly: typesOf !== undefined }));
}

function purityIn(cell: string): ImportRule["purity"] {
  if (!cell.includes("yes")) return "none";
  return cell.includes(".run") ? "all-but-run" : "all";
}
