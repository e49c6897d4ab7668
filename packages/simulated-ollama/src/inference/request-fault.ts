/** The faults that meet a request before its model is looked for. */
import { type Fault, faultTexts } from "../faults/fault.ts";
import type { FaultSwitch } from "../faults/fault-switch.ts";
import type { Exchange } from "../http/exchange.ts";
import type { SimulatedNode } from "../node.ts";
import type { Intent } from "./intent.ts";

/** Takes the fault that meets this request, if one does. */
export function takeRequestFault(faults: FaultSwitch, intent: Intent): Fault | undefined {
  return faults.take(intent.model.key, (fault) => meetsRequest(fault, intent));
}

/** One request at one node. */
export interface Turn {
  readonly exchange: Exchange;
  readonly intent: Intent;
  readonly node: SimulatedNode;
}

/** Plays the part of a fault that comes first. True when the request ended by it. */
export async function playEarlyFault(fault: Fault | undefined, turn: Turn): Promise<boolean> {
  const { exchange, intent, node } = turn;
  switch (fault?.kind) {
    case "refuse":
      exchange.reply.cut("reset");
      return true;
    case "busy-503":
      await exchange.reply.whole(intent.dialect.refuse({ status: 503, text: faultTexts.queueFull, stage: "route" }));
      return true;
    case "hang":
      if (fault.afterRecords === undefined) await untilGone(exchange.signal);
      return fault.afterRecords === undefined;
    case "slow-first-byte":
      await node.pace.wait(fault.milliseconds, exchange.signal);
      return false;
    case "truncate-content-length":
      exchange.reply.distort({ keepBytes: fault.keepBytes ?? -1 });
      return false;
    case "odd-chunks":
      exchange.reply.distort({ chunkSizes: fault.sizes ?? [1, 2, 3, 5, 7, 11] });
      return false;
    default:
      return false;
  }
}

/** Settles when the client has left. */
export function untilGone(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/**
 * Loads fail by the scheduler; a closed port meets nobody here; a stream has no length to break; and a load has no
 * records to break between. Vectors have no records either, but they can break off, fail or never come.
 */
function meetsRequest(fault: Fault, intent: Intent): boolean {
  const hasRecords = intent.work.kind === "answer";
  const isComputed = hasRecords || intent.work.kind === "embed";
  switch (fault.kind) {
    case "load-failure":
      return false;
    case "refuse":
      return fault.model !== undefined || fault.times !== undefined;
    case "truncate-content-length":
      return !(intent.isStream && hasRecords);
    case "runner-dies":
    case "runner-wedges":
    case "cut-mid-stream":
    case "error-record-mid-stream":
      return isComputed;
    case "end-without-done":
      return hasRecords;
    default:
      return isComputed || !("afterRecords" in fault);
  }
}
