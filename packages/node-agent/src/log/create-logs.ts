import { formatLogLine, type LogLevel, logLineOptions, pinoLevelOf, redactSecrets } from "@herd/shared";
import { type Logger, multistream, pino } from "pino";

/** A log that gives each part of the program a logger under its own name. */
export type Logs = (part: string) => Logger;

/** Where lines go and which of them. */
export interface LogsDependencies {
  /** Least grave level that is written to the file. */
  readonly level: LogLevel;
  /** Takes one line of the log file, with its line end. */
  readonly write: (line: string) => void;
  /** Least grave level that is printed for the person at the terminal. */
  readonly printLevel: LogLevel;
  /** Takes one sentence without its line end. */
  readonly print: (sentence: string) => void;
  /** Unix epoch milliseconds. */
  readonly clock: () => number;
}

/** Builds a log: every line in full to the file, and its sentence alone to the terminal. */
export function createLogs({ level, write, printLevel, print, clock }: LogsDependencies): Logs {
  const streams = multistream([
    { level: pinoLevelOf[level], stream: { write: (line: string) => write(formatLogLine(redactSecrets(line))) } },
    { level: pinoLevelOf[printLevel], stream: { write: (line: string) => print(sentenceOf(line)) } },
  ]);
  const root = pino({ ...logLineOptions({ level, clock }), level: "debug" }, streams);
  return (part) => root.child({ logger: part });
}

const marks: Readonly<Record<string, string>> = { WARNING: "Warning: ", ERROR: "Error: ", CRITICAL: "Error: " };

function sentenceOf(line: string): string {
  const { level, msg: sentence } = JSON.parse(line) as { readonly level: string; readonly msg?: string };
  return `${marks[level] ?? ""}${sentence ?? ""}`;
}
