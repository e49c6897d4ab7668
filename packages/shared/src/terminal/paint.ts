/** What a piece of text says about itself; a terminal shows it as a colour. */
export type Tone = "strong" | "quiet" | "good" | "warning" | "bad";

/** Gives a text its tone. */
export type Paint = (text: string, tone: Tone | undefined) => string;

/** SGR codes that begin and end each tone, of the sixteen colours that every terminal and theme has. */
const codes: Readonly<Record<Tone, readonly [number, number]>> = {
  strong: [1, 22],
  quiet: [2, 22],
  good: [32, 39],
  warning: [33, 39],
  bad: [31, 39],
};

/** Text as it is. */
export const plain: Paint = (text) => text;

/** Text with colours. */
export const coloured: Paint = (text, tone) => {
  if (tone === undefined || text === "") return text;
  const [begin, end] = codes[tone];
  return `\u001b[${begin}m${text}\u001b[${end}m`;
};

/** Where text goes, and what its owner wants. */
export interface Terminal {
  readonly isTerminal: boolean;
  /** Width, columns; undefined where it has none. */
  readonly columns: number | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** FORCE_COLOR decides where it is set, then NO_COLOR and a terminal that cannot (`TERM=dumb`); else a terminal gets colours. */
export function paintFor({ isTerminal, env }: Terminal): Paint {
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined && forced !== "") return forced === "0" || forced === "false" ? plain : coloured;
  const isUnwanted = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return isTerminal && !isUnwanted ? coloured : plain;
}

const USUAL_COLUMNS = 80;
const LEAST_COLUMNS = 40;

/** Columns that lines may take: the terminal's, or those that COLUMNS asks for; elsewhere, as in a pipe, no limit. */
export function lineWidth({ isTerminal, columns, env }: Terminal): number {
  const asked = Number(env["COLUMNS"]);
  if (!isTerminal) return asked > 0 ? Math.max(LEAST_COLUMNS, asked) : Number.POSITIVE_INFINITY;
  return Math.max(LEAST_COLUMNS, columns ?? USUAL_COLUMNS);
}
