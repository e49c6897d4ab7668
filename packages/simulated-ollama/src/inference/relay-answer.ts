/** Sends an answer record by record, or gathers it into one, until its end or the break that a fault makes. */
import type { Chunks, Dialect, TimedClosing } from "../dialects/dialect.ts";
import { type Fault, faultTexts } from "../faults/fault.ts";
import type { Piece } from "../generation/plan-answer.ts";
import type { AnswerStep, Closing } from "../generation/run-answer.ts";
import type { Exchange } from "../http/exchange.ts";
import { RunnerDeath } from "../runners/runner-process.ts";
import { type Break, breakAt } from "./record-fault.ts";
import { untilGone } from "./request-fault.ts";
import { sendChunks } from "./send-chunks.ts";

/** One answer on its way. */
export interface Relay {
  readonly exchange: Exchange;
  readonly dialect: Dialect;
  readonly isStream: boolean;
  readonly fault: Fault | undefined;
  /** Adds what the runner does not know. */
  readonly time: (closing: Closing) => TimedClosing;
}

/** Relays all steps. */
export async function relayAnswer(steps: AsyncIterable<AnswerStep>, relay: Relay): Promise<void> {
  const pieces: Piece[] = [];
  try {
    await relaySteps(steps, pieces, relay);
  } catch (error) {
    if (!(error instanceof RunnerDeath)) throw error;
    const text = pieces.length > 0 ? faultTexts.runnerEof : faultTexts.runnerStopped;
    await breakOff({ kind: "runner-died", text }, pieces, relay);
  }
}

async function relaySteps(steps: AsyncIterable<AnswerStep>, pieces: Piece[], relay: Relay): Promise<void> {
  for await (const step of steps) {
    const broken = breakAt(relay.fault, pieces.length, step.kind === "closing");
    if (broken !== undefined) return await breakOff(broken, pieces, relay);
    if (step.kind === "closing") return await finish(relay.time(step.closing), pieces, relay);
    pieces.push(step.piece);
    if (relay.isStream) await send(relay.dialect.piece(step.piece), relay);
  }
}

async function finish(closing: TimedClosing, pieces: readonly Piece[], relay: Relay): Promise<void> {
  const { exchange, dialect } = relay;
  if (!relay.isStream) return await exchange.reply.whole(dialect.whole({ pieces, closing }));
  await send(dialect.closing(closing), relay);
  exchange.reply.end();
}

async function send(chunks: Chunks, { exchange, dialect }: Relay): Promise<void> {
  await sendChunks(chunks, dialect.streamHeaders, exchange);
}

async function breakOff(broken: Break, pieces: readonly Piece[], relay: Relay): Promise<void> {
  const { exchange, dialect, isStream } = relay;
  switch (broken.kind) {
    case "cut":
      return exchange.reply.cut(broken.how);
    case "hang":
      return await untilGone(exchange.signal);
    case "silent-end":
      if (!isStream) return await exchange.reply.whole(dialect.whole({ pieces, closing: undefined }));
      await send([], relay);
      return exchange.reply.end();
    case "runner-died":
      if (exchange.reply.hasBegun()) {
        await send(dialect.broken(broken.text), relay);
        return exchange.reply.end();
      }
      return await exchange.reply.whole(
        dialect.refuse({ status: 500, text: broken.text, stage: isStream ? "stream" : "route" }),
      );
  }
}
