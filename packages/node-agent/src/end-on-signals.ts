import type { RunningAgent } from "./running-agent.ts";

/** Signals that ask a program to end; SIGHUP comes from a terminal that is closed, SIGBREAK from Windows. */
const SIGNALS: readonly NodeJS.Signals[] =
  process.platform === "win32" ? ["SIGINT", "SIGTERM", "SIGBREAK"] : ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Ends the agent in order at the first signal, and at once when the same signal comes again; a parent that passes on the
 * Ctrl-C of its terminal as another signal does not cut anything. An agent that was started with a channel to its parent ends
 * in order, too, when that parent is gone.
 */
export function endOnSignals(agent: RunningAgent): void {
  const seen = new Set<string>();
  const end = (cause: string): void => {
    const how = { drain: !seen.has(cause) };
    seen.add(cause);
    void agent.close(how).then(() => process.exit(0));
  };
  for (const signal of SIGNALS) process.on(signal, () => end(signal));
  process.once("disconnect", () => end("disconnect"));
}
