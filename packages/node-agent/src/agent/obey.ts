import { type Command, command } from "@herd/shared";
import type { Logger } from "pino";

/** What commands can cause. The list is closed: nothing here runs a program or sets a variable. */
export interface CommandActions {
  /** Sends every model's facts with the next heartbeat, and that one now. */
  reportInventory(): void;
}

/** What obeying needs. */
export interface ObeyDependencies {
  readonly actions: CommandActions;
  readonly log: Logger;
}

/** Carries out the commands of a reply. One that is not known is logged once and ignored, and costs the others nothing. */
export function createObey({ actions, log }: ObeyDependencies): (commands: readonly unknown[] | undefined) => void {
  const carryOut = (order: Command): void => {
    switch (order.type) {
      case "report_inventory":
        log.debug({ reason: order.reason }, "the router asks for the inventory");
        actions.reportInventory();
        return;
    }
  };
  const told = new Set<string>();
  const ignore = (name: string): void => {
    if (told.has(name) || told.size >= MOST_NAMES) return;
    told.add(name);
    log.warn({ command: name }, "The router sends a command that this agent does not know; it is ignored");
  };
  return (commands) => {
    for (const candidate of commands ?? []) {
      const parsed = command.safeParse(candidate);
      if (parsed.success) carryOut(parsed.data);
      else ignore(nameOf(candidate));
    }
  };
}

const LONGEST_NAME = 64;
/** Unknown names that are told apart; each is told once. */
const MOST_NAMES = 20;

function nameOf(candidate: unknown): string {
  const type = typeof candidate === "object" && candidate !== null && "type" in candidate ? candidate.type : candidate;
  return String(type).slice(0, LONGEST_NAME);
}
