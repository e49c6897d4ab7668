import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import type { RouterSettings } from "../../settings/settings.ts";

/** What the agent of this machine is started with. */
export interface AgentStart {
  readonly settings: RouterSettings;
  /** Port the router listens on. */
  readonly port: number;
  readonly log: Logger;
}

const program = fileURLToPath(new URL("../../../../node-agent/dist/main.js", import.meta.url));
/** Pause before an agent that ended by itself is started again, ms; doubled each time up to the longest. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** The agent's exit code for a wrong use: starting it again would not help. */
const WRONG_USE = 2;

/** Runs the agent of this machine as a child that always joins this router, and starts it again when it ends by itself. */
export function startAgent({ settings, port, log }: AgentStart): { readonly stop: () => Promise<void> } {
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopping = false;
  let pauseMs = FIRST_PAUSE_MS;
  const run = (): void => {
    const flags = ["--router-url", `http://127.0.0.1:${port}`, "--data-dir", settings.dataDir];
    child = spawn(process.execPath, [program, ...flags], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    child.once("exit", (code) => {
      child = undefined;
      if (isStopping) return;
      log.error({ exit_code: code }, "the agent of this machine has ended");
      if (code === WRONG_USE) return;
      timer = setTimeout(run, pauseMs);
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    });
  };
  run();
  return {
    stop: () => {
      isStopping = true;
      clearTimeout(timer);
      const running = child;
      if (running === undefined) return Promise.resolve();
      return new Promise((resolve) => {
        running.once("exit", () => resolve());
        running.kill("SIGTERM");
      });
    },
  };
}
