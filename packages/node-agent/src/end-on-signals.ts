import type { RunningAgent } from "./running-agent.ts";

/** Signals that ask a program to end; SIGHUP comes from a terminal that is closed, SIGBREAK from Windows. */
const SIGNALS: readonly NodeJS.Signals[] =
  process.platform === "win32" ? ["SIGINT", "SIGTERM", "SIGBREAK"] : ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Ends the agent in order at the first signal and at once at the second. An agent that a parent process started with a
 * channel ends in order, too, when that parent is gone.
 */
export function endOnSignals(agent: RunningAgent): void {
  let isEnding = false;
  const end = (): void => {
    const how = { drain: !isEnding };
    isEnding = true;
    void agent.close(how).then(() => process.exit(0));
  };
  for (const signal of SIGNALS) process.on(signal, end);
  process.once("disconnect", end);
}
