import { createSignalRule } from "@herd/shared";
import type { RunningAgent } from "./running-agent.ts";

/** Signals that ask a program to end; SIGHUP comes from a terminal that is closed, SIGBREAK from Windows. */
const SIGNALS: readonly NodeJS.Signals[] =
  process.platform === "win32" ? ["SIGINT", "SIGTERM", "SIGBREAK"] : ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Ends the agent in order at the first signal, and at once at a later one, by the rule that the router has, too. An agent
 * that was started with a channel to its parent ends in order as well when that parent is gone.
 */
export function endOnSignals(agent: RunningAgent): void {
  const orderOf = createSignalRule(() => performance.now());
  const end = (how: { readonly drain: boolean }): void => void agent.close(how).then(() => process.exit(0));
  const onSignal = (): void => {
    const order = orderOf();
    if (order !== "nothing") end({ drain: order === "in-order" });
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.once("disconnect", () => end({ drain: true }));
  // The parent may have gone while the agent was starting, before anybody listened.
  if (process.connected === false) end({ drain: true });
}
