/** An answer in time: the slot, the reading of the prompt, one record per token, and the durations to report. */
import type { SimulatedMachine } from "../options.ts";
import type { Pace } from "../pace.ts";
import type { Runner } from "../runners/runner.ts";
import type { Slot } from "../runners/slots.ts";
import { countTokens } from "./count-tokens.ts";
import { type AnswerWish, type Piece, planAnswer } from "./plan-answer.ts";

/** What the last record reports. Durations are nanoseconds of the machine's own time. */
export interface Closing {
  readonly reason: "stop" | "length";
  readonly promptTokens: number;
  readonly promptDuration: number;
  readonly answerTokens: number;
  readonly answerDuration: number;
  /** Text that was kept back until now. */
  readonly held?: string | undefined;
}

/** What one answer needs. */
export interface AnswerRun {
  readonly runner: Runner;
  readonly machine: SimulatedMachine;
  readonly pace: Pace;
  readonly signal: AbortSignal;
}

/** A step of the answer: a record, or the end. */
export type AnswerStep =
  | { readonly kind: "piece"; readonly piece: Piece }
  | { readonly kind: "closing"; readonly closing: Closing };

/**
 * Writes the answer at the machine's speed. Waits for a slot first, without a bound. Rejects with the signal's reason
 * when the client leaves; the slot is given back in any case, and remembers the prompt and what was written.
 */
export async function* runAnswer(wish: AnswerWish, run: AnswerRun): AsyncGenerator<AnswerStep, void> {
  const slot = await run.runner.slots.take(wish.prompt, run.signal);
  let written = "";
  try {
    const times = { due: run.pace.now(), answer: 0 };
    const prompt = await readPrompt(wish.prompt, slot, { ...run, times });
    const plan = planAnswer(wish);
    let steps = 0;
    for (let next = plan.next(); ; next = plan.next()) {
      await decode(next.value.tokens, steps, { ...run, times });
      steps += next.value.tokens;
      if (next.done) {
        const { reason, held } = next.value;
        const closing = { reason, ...prompt, answerTokens: steps, answerDuration: times.answer, held };
        yield { kind: "closing", closing };
        return;
      }
      written += next.value.content;
      yield { kind: "piece", piece: next.value };
    }
  } finally {
    slot.release(`${wish.prompt}${written}`);
  }
}

interface TimedRun extends AnswerRun {
  /** When the next step is due on the wall clock, and the nanoseconds of decoding so far. */
  readonly times: { due: number; answer: number };
}

async function readPrompt(prompt: string, slot: Slot, run: TimedRun) {
  // What does not fit into the context is cut off before it is read.
  const promptTokens = Math.min(countTokens(prompt), run.runner.plan.contextLength);
  // One token is always read again: its result is where the answer starts.
  const remembered = slot.rememberedCharacters > 0 ? countTokens(prompt.slice(0, slot.rememberedCharacters)) : 0;
  const fresh = Math.max(1, promptTokens - remembered);
  const milliseconds = (fresh / run.machine.prefillTokensPerSecond) * 1000;
  await advance(milliseconds, run);
  return { promptTokens, promptDuration: nanoseconds(milliseconds) };
}

/**
 * The first token falls out of reading the prompt, each further one takes a step. With several answers at a time each
 * is slower by the square root of their number: recorded with two, each took about 1.5 times as long as alone.
 */
async function decode(tokens: number, before: number, run: TimedRun): Promise<void> {
  const steps = before === 0 ? Math.max(0, tokens - 1) : tokens;
  const stepMs = (1000 / run.machine.decodeTokensPerSecond) * Math.sqrt(Math.max(1, run.runner.slots.active()));
  run.times.answer += nanoseconds(steps * stepMs);
  await advance(steps * stepMs, run);
}

async function advance(milliseconds: number, run: TimedRun): Promise<void> {
  run.times.due = Math.max(run.times.due + milliseconds * run.pace.scale, run.pace.now() - 50);
  await run.pace.until(run.times.due, run.signal);
}

/** Milliseconds as whole nanoseconds. */
export function nanoseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1e6);
}
