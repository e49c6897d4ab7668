import { formatLogLine, type LogLevel, logLevels, logLineOptions, redactSecrets } from "@herd/shared";
import { type Logger, pino } from "pino";

/** Where log lines go, each with the least grave level it takes. */
export interface LogTarget {
  readonly level: LogLevel;
  readonly write: (line: string) => void;
}

/**
 * Builds the root logger: every target gets the lines it takes, in the form of the log files, without anything that looks
 * like a key. Parts take child loggers.
 */
export function createRootLogger(targets: readonly LogTarget[], clock: () => number): Logger {
  const least = targets
    .map(({ level }) => logLevels.indexOf(level))
    .reduce((a, b) => Math.min(a, b), logLevels.length - 1);
  const write = (compact: string): void => {
    const line = formatLogLine(redactSecrets(compact));
    for (const target of targets) if (takes(target, line)) target.write(line);
  };
  return pino(logLineOptions({ level: logLevels[least] ?? "INFO", clock }), { write });
}

function takes({ level }: LogTarget, line: string): boolean {
  const at = line.indexOf('"level": "') + 10;
  const written = line.slice(at, line.indexOf('"', at)) as LogLevel;
  return logLevels.indexOf(written) >= logLevels.indexOf(level);
}
