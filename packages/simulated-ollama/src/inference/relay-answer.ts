/** Sends an answer record by record, or gathers it into one, until its end or the break that a fault makes. */
import type { TimedClosing } from "../dialects/dialect.ts";
import type { Fault } from "../faults/fault.ts";
import type { Piece } from "../generation/plan-answer.ts";
import type { AnswerStep, Closing } from "../generation/run-answer.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Intent } from "./intent.ts";
import { type Break, breakAt } from "./record-fault.ts";
import { untilGone } from "./request-fault.ts";

/** One answer on its way. */
export interface Relay {
  readonly exchange: Exchange;
  readonly intent: Intent;
  readonly fault: Fault | undefined;
  /** Adds what the runner does not know. */
  readonly time: (closing: Closing) => TimedClosing;
}

/** Relays all steps. */
export async function relayAnswer(steps: AsyncIterable<AnswerStep>, relay: Relay): Promise<void> {
  const pieces: Piece[] = [];
  for await (const step of steps) {
    const broken = breakAt(relay.fault, pieces.length, step.kind === "closing");
    if (broken !== undefined) return await breakOff(broken, pieces, relay);
    if (step.kind === "closing") return await finish(relay.time(step.closing), pieces, relay);
    pieces.push(step.piece);
    if (relay.intent.isStream) await send(relay.intent.dialect.piece(step.piece), relay);
  }
}

async function finish(closing: TimedClosing, pieces: readonly Piece[], relay: Relay): Promise<void> {
  const { exchange, intent } = relay;
  if (!intent.isStream) return await exchange.reply.whole(intent.dialect.whole({ pieces, closing }));
  await send(intent.dialect.closing(closing), relay);
  exchange.reply.end();
}

async function send(text: string, relay: Relay): Promise<void> {
  const { reply } = relay.exchange;
  if (!reply.hasBegun()) reply.begin(relay.intent.dialect.streamHeaders);
  await reply.record(text);
}

async function breakOff(broken: Break, pieces: readonly Piece[], relay: Relay): Promise<void> {
  const { exchange, intent } = relay;
  switch (broken.kind) {
    case "cut":
      return exchange.reply.cut(broken.how);
    case "hang":
      return await untilGone(exchange.signal);
    case "silent-end":
      if (!intent.isStream) return await exchange.reply.whole(intent.dialect.whole({ pieces, closing: undefined }));
      if (!exchange.reply.hasBegun()) exchange.reply.begin(intent.dialect.streamHeaders);
      return exchange.reply.end();
    case "runner-died":
      if (exchange.reply.hasBegun()) {
        await exchange.reply.record(intent.dialect.broken(broken.text));
        return exchange.reply.end();
      }
      return await exchange.reply.whole(
        intent.dialect.refuse({ status: 500, text: broken.text, stage: intent.isStream ? "stream" : "route" }),
      );
  }
}
