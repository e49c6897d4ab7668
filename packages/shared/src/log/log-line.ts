/** The level words of a log file, in rising order of gravity. */
export const logLevels = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] as const;

/** One level word of a log file. */
export type LogLevel = (typeof logLevels)[number];

/** The pino level that stands for a level word. */
export const pinoLevelOf = {
  DEBUG: "debug",
  INFO: "info",
  WARNING: "warn",
  ERROR: "error",
  CRITICAL: "fatal",
} as const satisfies Record<LogLevel, string>;

const wordOfPinoLevel: Readonly<Record<string, LogLevel>> = {
  trace: "DEBUG",
  debug: "DEBUG",
  info: "INFO",
  warn: "WARNING",
  error: "ERROR",
  fatal: "CRITICAL",
};

/**
 * Options for pino whose lines `formatLogLine` turns into the log format. The name of a part goes into the binding
 * `logger` of a child logger; an error goes under `exception`, and is written as text with its causes.
 * @param level least grave level that is written. @param clock Unix epoch milliseconds.
 */
export function logLineOptions({ level, clock }: { readonly level: LogLevel; readonly clock: () => number }) {
  return {
    level: pinoLevelOf[level],
    base: null,
    errorKey: "exception",
    serializers: { exception: describeError },
    timestamp: () => `,"ts":"${new Date(clock()).toISOString()}"`,
    formatters: { level: (label: string) => ({ level: wordOfPinoLevel[label] ?? "INFO" }) },
  };
}

/**
 * Gives a line of compact JSON the form of the log: `ts` before `level`, a space after every colon and comma that is not
 * inside a string, exactly one line end. Text searches such as `"level": "ERROR"` rely on that spacing.
 */
export function formatLogLine(compact: string): string {
  const line = compact.trimEnd();
  // pino writes the level first; "ts" follows it. Both are of known form, so no string has to be searched.
  const timeAt = line.startsWith('{"level":"') ? line.indexOf(',"ts":"') : -1;
  if (timeAt < 0 || timeAt > LONGEST_LEVEL) return `${spaced(line)}\n`;
  const timeEnd = line.indexOf('"', timeAt + 7) + 1;
  return `{${spaced(line.slice(timeAt + 1, timeEnd))}, ${spaced(line.slice(1, timeAt))}${spaced(line.slice(timeEnd))}\n`;
}

/** Where `"ts"` may begin at most. */
const LONGEST_LEVEL = 24;

/** Adds a space after every colon and comma outside strings; inside them nothing is touched. */
function spaced(json: string): string {
  let result = "";
  let from = 0;
  let quote = json.indexOf('"');
  while (quote >= 0) {
    result += withSpaces(json.slice(from, quote));
    const end = stringEnd(json, quote + 1);
    result += json.slice(quote, end);
    from = end;
    quote = json.indexOf('"', end);
  }
  return result + withSpaces(json.slice(from));
}

/** What stands between strings is short: mostly one colon or comma. */
function withSpaces(between: string): string {
  if (between === ":") return ": ";
  if (between === ",") return ", ";
  return between.replace(/[:,]/g, "$& ");
}

/** The place after the quote that ends the string whose first character is at `from`. */
function stringEnd(json: string, from: number): number {
  let end = json.indexOf('"', from);
  while (end >= 0 && isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end < 0 ? json.length : end + 1;
}

/** A quote is escaped by an odd number of backslashes before it. */
function isEscaped(json: string, quote: number): boolean {
  let at = quote - 1;
  while (json.charCodeAt(at) === 0x5c) at -= 1;
  return (quote - 1 - at) % 2 === 1;
}

/** An error as text: its stack, then the stack of each cause. Any other value as text. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? own : `${own}\ncaused by: ${describeError(error.cause)}`;
}
