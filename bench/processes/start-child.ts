import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { atExit } from "./at-exit.ts";
import { missingPrograms } from "./programs.ts";

/** How to start a program. */
export interface ChildOrder {
  readonly command: string;
  readonly args: readonly string[];
  /** The only variables it sees beside PATH; absent: those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** Takes what it prints; absent: nothing does. */
  readonly logFile?: string;
  /** It starts programs of its own that do not end with it: they are asked to, too. */
  readonly isGroup?: boolean;
}

/** A started program. */
export interface Child {
  readonly pid: number;
  /** How it ended, in words; undefined while it runs. */
  readonly end: () => string | undefined;
  /** Asks it to end, and waits until it has. */
  readonly stop: () => Promise<void>;
  /** Ends it at once. */
  readonly kill: () => Promise<void>;
}

const hasSetpriv = missingPrograms(["setpriv"]).length === 0;

/** Starts a program. Where the system knows how, it dies with this process, however that ends. */
export function startChild({ command, args, environment, folder, logFile, isGroup = false }: ChildOrder): Child {
  const [first = command, ...rest] = hasSetpriv
    ? ["setpriv", "--pdeathsig", "KILL", "--", command, ...args]
    : [command, ...args];
  const output = logFile === undefined ? "ignore" : openSync(logFile, "a");
  const child = spawn(first, rest, {
    stdio: ["ignore", output, output],
    env: environment === undefined ? process.env : { PATH: process.env["PATH"], ...environment },
    cwd: folder,
    detached: isGroup,
  });
  if (typeof output === "number") closeSync(output);
  let end: string | undefined;
  child.once("error", (error) => {
    end = `${command} cannot be run: ${error.message}`;
  });
  const forget = atExit(() => sendSignal(child, "SIGKILL", isGroup));
  child.once("exit", (code, signal) => {
    forget();
    end = `${command} has ended with ${code ?? signal}: ${lastWords(logFile)}`;
  });
  return {
    pid: child.pid ?? -1,
    end: () => end,
    stop: () => endWith(child, "SIGTERM", isGroup),
    kill: () => endWith(child, "SIGKILL", isGroup),
  };
}

function sendSignal({ pid }: ChildProcess, signal: NodeJS.Signals, isGroup: boolean): void {
  // A negative id stands for the whole group.
  if (pid !== undefined) process.kill(isGroup ? -pid : pid, signal);
}

const LAST_WORDS = 1_000;

const lastWords = (logFile: string | undefined): string =>
  logFile === undefined || !existsSync(logFile) ? "" : readFileSync(logFile, "utf8").slice(-LAST_WORDS);

async function endWith(child: ChildProcess, signal: NodeJS.Signals, isGroup: boolean): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  sendSignal(child, signal, isGroup);
  await ended;
}
