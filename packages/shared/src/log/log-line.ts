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
  const ordered = compact.trimEnd().replace(/^\{("level":"[A-Z]+"),("ts":"[^"]*")/, "{$2,$1");
  return `${ordered.replace(/"(?:[^"\\]|\\.)*"|[:,]/g, (piece) => (piece.length === 1 ? `${piece} ` : piece))}\n`;
}

/** An error as text: its stack, then the stack of each cause. Any other value as text. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? own : `${own}\ncaused by: ${describeError(error.cause)}`;
}
