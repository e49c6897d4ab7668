import type { Logger } from "pino";
import { environment } from "../../settings/environment.ts";
import { ownUrl } from "../../settings/own-url.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import { spawnChild } from "./child-program.ts";
import { type Kept, keepRunning } from "./keep-running.ts";

/** What the agent of this machine is started with. */
export interface AgentStart {
  readonly settings: RouterSettings;
  /** Port the router listens on. */
  readonly port: number;
  readonly log: Logger;
}

/** The agent's exit code for a wrong use: starting it again would not help. */
const WRONG_USE = 2;

/** Runs the agent of this machine as a child that always joins this router, and starts it again when it ends by itself. */
export function startAgent({ settings, port, log }: AgentStart): Kept {
  const flags = ["--router-url", ownUrl({ ...settings, port }), "--data-dir", settings.dataDir];
  return keepRunning({
    spawn: () => spawnChild({ program: "agent", flags, env: quietness(settings) }),
    onEnded: ({ code }) => log.error({ exit_code: code }, "the agent of this machine has ended"),
    mayReturn: (code) => code !== WRONG_USE,
    dismiss: (child) => child.kill("SIGTERM"),
  });
}

const CONSOLE_LEVELS = ["FLEET_NODE_CONSOLE_LOG_LEVEL", "FLEET_CONSOLE_LOG_LEVEL"] as const;

/** The router tells what its agent would tell on the same terminal; only errors are the agent's own, unless asked for more. */
function quietness({ consoleLogLevel }: RouterSettings): Readonly<Record<string, string>> {
  const isAskedFor = CONSOLE_LEVELS.some((name) => environment()[name] !== undefined) || consoleLogLevel === "DEBUG";
  return isAskedFor ? {} : { [CONSOLE_LEVELS[0]]: "ERROR" };
}
