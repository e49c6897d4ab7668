/** The way of every inference request: faults, the model, the answer. */
import { type Fault, faultTexts } from "../faults/fault.ts";
import { type Closing, runAnswer } from "../generation/run-answer.ts";
import type { Exchange } from "../http/exchange.ts";
import type { SimulatedNode } from "../node.ts";
import type { LeaseResult } from "../runners/lease.ts";
import type { Intent } from "./intent.ts";
import { relayAnswer } from "./relay-answer.ts";
import { relayEmbedding } from "./relay-embedding.ts";
import { playEarlyFault, takeRequestFault } from "./request-fault.ts";
import { runInProcess, struckSteps } from "./run-in-process.ts";
import { sendLoad } from "./send-chunks.ts";

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
  const { intent, exchange, node, lease, fault } = session;
  const { work, isStream } = intent;
  const { machine, pace } = node;
  const run = runInProcess({ runner: lease.runner, machine, pace, signal: lease.signal }, fault);
  const leasedAt = node.pace.now();
  const durations = (spent: Spent) => outerDurations(session, leasedAt, spent);
  switch (work.kind) {
    case "load":
      return await answerLoad(session);
    case "refuse":
      return await exchange.reply.whole(intent.dialect.refuse({ ...work, stage: isStream ? "stream" : "route" }));
    case "embed":
      return await relayEmbedding(work, run, { exchange, fault, durations });
    case "answer": {
      const time = (closing: Closing) => ({ ...closing, ...durations(closing) });
      const wish = { ...work.wish, speech: node.speak?.(intent.model.name) };
      const steps = struckSteps(runAnswer(wish, run), fault, lease.runner);
      return await relayAnswer(steps, { exchange, dialect: work.dialect, isStream, fault, time });
    }
  }
}

async function answerLoad({ intent, fault, exchange }: Session): Promise<void> {
  if (fault?.kind !== "http-500") return await sendLoad("load", intent.dialect, exchange);
  const text = fault.text ?? faultTexts.runnerStopped;
  await exchange.reply.whole(intent.dialect.refuse({ status: 500, text, stage: "route" }));
}

/** Nanoseconds of the machine's time inside the runner. */
interface Spent {
  readonly promptDuration: number;
  readonly answerDuration: number;
}

/**
 * Total and load duration in nanoseconds of the machine's time. With a scale of 0 nothing takes time, so they are the
 * sum of what would have; waiting for others then counts nothing.
 */
function outerDurations(session: Session, leasedAt: number, spent: Spent) {
  const { pace } = session.node;
  const loadMs = preparationMs + session.lease.loadMs;
  if (pace.scale === 0) {
    const load = Math.round(loadMs * 1e6);
    return { loadDuration: load, totalDuration: load + spent.promptDuration + spent.answerDuration };
  }
  const since = (time: number) => Math.round(((time - session.startedAt) / pace.scale) * 1e6);
  return { loadDuration: since(leasedAt), totalDuration: since(pace.now()) };
}
