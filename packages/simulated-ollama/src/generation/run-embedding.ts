/** Vectors in time: each text waits for a slot and is read at the machine's speed. */
import { cutVector, pseudoVector } from "./pseudo-vector.ts";
import { type AnswerRun, nanoseconds } from "./run-answer.ts";

/** What decides the vectors. */
export interface EmbedWish {
  /** With the number of tokens that are read of each. */
  readonly texts: readonly { readonly text: string; readonly tokens: number }[];
  /** Of the model. */
  readonly length: number;
  /** 0 or less, or more than there are = all of them. */
  readonly dimensions: number;
}

/** What the runner did. */
export interface EmbedResult {
  readonly vectors: readonly Float32Array[];
  readonly promptTokens: number;
  /** Nanoseconds of the machine's own time. */
  readonly promptDuration: number;
}

/** Reads all texts, one after the other. Rejects with the signal's reason when the client leaves. */
export async function runEmbedding(wish: EmbedWish, run: AnswerRun): Promise<EmbedResult> {
  const vectors: Float32Array[] = [];
  let promptTokens = 0;
  let promptMs = 0;
  for (const { text, tokens } of wish.texts) {
    const milliseconds = (tokens / run.machine.prefillTokensPerSecond) * 1000;
    await readText(text, milliseconds, run);
    vectors.push(cutVector(pseudoVector(text, wish.length), wish.dimensions));
    promptTokens += tokens;
    promptMs += milliseconds;
  }
  return { vectors, promptTokens, promptDuration: nanoseconds(promptMs) };
}

async function readText(text: string, milliseconds: number, run: AnswerRun): Promise<void> {
  const slot = await run.runner.slots.take(text, run.signal);
  try {
    await run.pace.sleep(milliseconds, run.signal);
  } finally {
    slot.release(text);
  }
}
