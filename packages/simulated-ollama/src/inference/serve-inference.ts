/** The way of every inference request: faults, the model, the answer. */
import { type Fault, faultTexts } from "../faults/fault.ts";
import { type Closing, runAnswer } from "../generation/run-answer.ts";
import type { WholeAnswer } from "../http/answer.ts";
import type { Exchange } from "../http/exchange.ts";
import type { SimulatedNode } from "../node.ts";
import type { LeaseResult } from "../runners/lease.ts";
import type { Intent } from "./intent.ts";
import { relayAnswer } from "./relay-answer.ts";
import { playEarlyFault, takeRequestFault } from "./request-fault.ts";

/** A warm request spends this long before its runner starts: 25 to 50 ms in the recordings. */
const preparationMs = 30;

/** Serves one request to its end. Rejects with the signal's reason when the client leaves. */
export async function serveInference(intent: Intent, exchange: Exchange, node: SimulatedNode): Promise<void> {
  const startedAt = node.pace.now();
  const fault = takeRequestFault(node.faults, intent);
  if (await playEarlyFault(fault, { exchange, intent, node })) return;
  await node.pace.sleep(preparationMs, exchange.signal);
  const lease = await node.scheduler.acquire({ ...intent, signal: exchange.signal });
  if (lease.kind !== "granted") return await refuseLease(lease, intent, exchange);
  try {
    await useRunner({ intent, exchange, node, fault, startedAt, lease });
  } finally {
    lease.release();
  }
}

type Granted = LeaseResult & { readonly kind: "granted" };

interface Session {
  readonly intent: Intent;
  readonly exchange: Exchange;
  readonly node: SimulatedNode;
  readonly fault: Fault | undefined;
  /** Wall-clock milliseconds. */
  readonly startedAt: number;
  readonly lease: Granted;
}

async function refuseLease(lease: Exclude<LeaseResult, Granted>, intent: Intent, exchange: Exchange): Promise<void> {
  const refusal =
    lease.kind === "queue-full" ? { status: 503, text: faultTexts.queueFull } : { status: 500, text: lease.text };
  await exchange.reply.whole(intent.dialect.refuse({ ...refusal, stage: "route" }));
}

async function useRunner(session: Session): Promise<void> {
  const { intent, exchange, node, lease } = session;
  switch (intent.work.kind) {
    case "load":
      return await exchange.reply.whole(answerLoad(session));
    case "refuse": {
      const stage = intent.isStream ? "stream" : "route";
      return await exchange.reply.whole(intent.dialect.refuse({ ...intent.work, stage }));
    }
    case "answer": {
      const { runner } = lease;
      const { machine, pace } = node;
      const leasedAt = pace.now();
      const steps = runAnswer(intent.work.wish, { runner, machine, pace, signal: exchange.signal });
      const time = (closing: Closing) => ({ ...closing, ...outerDurations(session, leasedAt, closing) });
      return await relayAnswer(steps, { exchange, intent, fault: session.fault, time });
    }
  }
}

function answerLoad({ intent, fault }: Session): WholeAnswer {
  if (fault?.kind !== "http-500") return intent.dialect.loadOnly("load");
  return intent.dialect.refuse({ status: 500, text: fault.text ?? faultTexts.runnerStopped, stage: "route" });
}

/**
 * Total and load duration in nanoseconds of the machine's time. With a scale of 0 nothing takes time, so they are the
 * sum of what would have; waiting for others then counts nothing.
 */
function outerDurations(session: Session, leasedAt: number, closing: Closing) {
  const { pace } = session.node;
  const loadMs = preparationMs + session.lease.loadMs;
  if (pace.scale === 0) {
    const load = Math.round(loadMs * 1e6);
    return { loadDuration: load, totalDuration: load + closing.promptDuration + closing.answerDuration };
  }
  const since = (time: number) => Math.round(((time - session.startedAt) / pace.scale) * 1e6);
  return { loadDuration: since(leasedAt), totalDuration: since(pace.now()) };
}
