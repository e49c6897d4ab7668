import { join } from "node:path";
import type { SettingsResolution } from "@herd/shared";
import { createLogFile } from "@herd/shared/log-file";
import { lineWidth, paintFor } from "@herd/shared/terminal";
import { ownCommands } from "../../cli/own-commands.ts";
import { type Ending, endOnSignals } from "../../end-on-signals.ts";
import { consoleLine } from "../../log/console-line.ts";
import { createRootLogger } from "../../log/create-logs.ts";
import { environment } from "../../settings/environment.ts";
import type { ResolveWith } from "../../settings/live/live-settings.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import { type StartOrder, startProblem } from "../problems/start-problem.ts";
import type { Router, RouterSurroundings, StartRouter } from "../router.ts";
import { labelled } from "../voice/lines.ts";
import { speak } from "../voice/speak.ts";
import type { Kept } from "./keep-running.ts";
import { probeOllama } from "./probe-ollama.ts";
import { startAgent } from "./start-agent.ts";
import { startDemo } from "./start-demo.ts";

/** What running the router needs. */
export interface RunParts {
  readonly resolution: SettingsResolution<RouterSettings>;
  /** Resolves again with what the database keeps. */
  readonly resolveWith: ResolveWith;
  readonly start: StartRouter;
  /** Also run the agent of this machine, and the demo where there is nothing real. */
  readonly withAgent: boolean;
  /** Where the Ollama of this machine is expected, by the settings of its agent. */
  readonly ollamaUrlOf: (settings: RouterSettings) => string;
}

/** Runs the router until a signal comes. Resolves to the exit code. */
export async function runRouter(parts: RunParts): Promise<number> {
  const { resolution } = parts;
  if (resolution.problems.length > 0) return tellProblems(resolution);
  const settings = resolution.values;
  const { log, writeRequestLine } = openLog(settings);
  // Asked while the router starts: the answer decides about the demo, which must not make anybody wait.
  const ollamaUrl = parts.ollamaUrlOf(settings);
  const found = parts.withAgent ? probeOllama(ollamaUrl) : undefined;
  const commands = ownCommands(environment());
  let router: Router;
  try {
    router = await parts.start(settings, { log, writeRequestLine, resolveWith: parts.resolveWith });
  } catch (error) {
    return tellStartProblem(error, { settings, withAgent: parts.withAgent, commands });
  }
  const children: Kept[] = [];
  // Before anything is printed: who reads that it runs may end it at once.
  const ending = endInOrder(router, children);
  // Not before the start: the log of a data folder belongs to the router that has it.
  for (const notice of resolution.notices) log.warn(notice);
  const { withAgent } = parts;
  children.push(speak({ router, settings, commands, withAgent, ollamaUrl, terminal: terminal(), print, log }));
  const probed = await found;
  if (probed !== undefined && !ending.hasBegun()) {
    children.push(startDemo({ router, found: probed, log, say: sayAboutDemo }));
    children.push(startAgent({ settings, port: router.address.port, log }));
  }
  await ending.isOver;
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

const sayAboutDemo = (lines: readonly string[]): void => {
  const seen = terminal();
  print(labelled("Demo", lines, { paint: paintFor(seen), width: lineWidth(seen) }));
};

const print = (lines: string): void => void process.stdout.write(lines);

const terminal = () => ({
  isTerminal: process.stdout.isTTY === true,
  columns: process.stdout.columns,
  env: environment(),
});

/** The local agent and the demo stay until the router has served what waits for their machines. */
function endInOrder(router: Router, children: readonly Kept[]): Ending {
  return endOnSignals({
    inOrder: async () => {
      process.stdout.write("stopping: running requests may finish; once more ends them at once\n");
      await router.close();
      await Promise.all(children.map((child) => child.stop()));
    },
    atOnce: () => {
      router.closeNow();
      for (const child of children) child.kill();
    },
  });
}

function tellProblems({ problems }: SettingsResolution<RouterSettings>): number {
  for (const problem of problems) process.stderr.write(`herd: ${problem.text}\n`);
  return 2;
}

async function tellStartProblem(error: unknown, order: StartOrder): Promise<number> {
  const { text, exitCode } = await startProblem(error, order);
  process.stderr.write(text);
  return exitCode;
}
