import { join } from "node:path";
import type { SettingsResolution } from "@herd/shared";
import { createLogFile } from "@herd/shared/log-file";
import { type ErrorCode, HerdError } from "../../domain/errors.ts";
import { consoleLine } from "../../log/console-line.ts";
import { createRootLogger } from "../../log/create-logs.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import type { Router, RouterSurroundings, StartRouter } from "../router.ts";
import { startAgent } from "./start-agent.ts";
import { startLines } from "./start-lines.ts";

/** What running the router needs. */
export interface RunParts {
  readonly resolution: SettingsResolution<RouterSettings>;
  readonly start: StartRouter;
  /** Also run the agent of this machine. */
  readonly withAgent: boolean;
}

const EXIT_CODES: Partial<Record<ErrorCode, number>> = {
  HERD_BAD_SETTING: 2,
  HERD_PORT_TAKEN: 3,
  HERD_DATA_FOLDER: 4,
  HERD_DATABASE_NEWER: 4,
};

/** Runs the router until a signal comes. Resolves to the exit code. */
export async function runRouter(parts: RunParts): Promise<number> {
  const { resolution } = parts;
  if (resolution.problems.length > 0) return tellProblems(resolution);
  const settings = resolution.values;
  const { log, writeRequestLine } = openLog(settings);
  for (const notice of resolution.notices) log.warn(notice);
  let router: Router;
  try {
    router = await parts.start(settings, { log, writeRequestLine });
  } catch (error) {
    return tellStartError(error);
  }
  process.stdout.write(startLines(settings, router.address));
  const agent = parts.withAgent ? startAgent({ settings, port: router.address.port, log }) : undefined;
  await untilSignal(router, agent);
  return 0;
}

function openLog(settings: RouterSettings): Pick<RouterSurroundings, "log" | "writeRequestLine"> {
  const file = createLogFile({ directory: join(settings.dataDir, "logs"), name: "herd.jsonl", clock: Date.now });
  const log = createRootLogger(
    [
      { level: settings.logLevel, write: file.write },
      { level: settings.consoleLogLevel, write: (line) => process.stdout.write(consoleLine(line)) },
    ],
    Date.now,
  );
  const wantsGoodEnds = settings.logLevel === "DEBUG" || settings.logLevel === "INFO";
  return { log, writeRequestLine: wantsGoodEnds ? file.write : undefined };
}

/** Signals closer together than this are one, ms. */
const REPEAT_MS = 250;

/** The first signal stops gracefully, the second at once. */
async function untilSignal(router: Router, agent: { readonly stop: () => Promise<void> } | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    let firstAt: number | undefined;
    const onSignal = (): void => {
      // Terminals and npm deliver one and the same signal several times within milliseconds.
      if (firstAt !== undefined && performance.now() - firstAt > REPEAT_MS) router.closeNow();
      if (firstAt === undefined)
        process.stdout.write("stopping: running requests may finish; once more ends them at once\n");
      firstAt ??= performance.now();
      resolve();
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
  });
  await Promise.all([agent?.stop(), router.close()]);
}

function tellProblems({ problems }: SettingsResolution<RouterSettings>): number {
  for (const problem of problems) process.stderr.write(`herd: ${problem.text}\n`);
  return 2;
}

function tellStartError(error: unknown): number {
  if (!(error instanceof HerdError)) throw error;
  process.stderr.write(`herd: ${error.message}\n      ${error.entry.hint}\n`);
  return EXIT_CODES[error.code] ?? 1;
}
