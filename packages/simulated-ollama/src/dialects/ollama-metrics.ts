import type { TimedClosing } from "./dialect.ts";

/** The six figures of a last record; Go leaves out those that are zero. */
export function ollamaMetrics(closing: TimedClosing | undefined): object {
  if (closing === undefined) return {};
  return {
    total_duration: closing.totalDuration || undefined,
    load_duration: closing.loadDuration || undefined,
    prompt_eval_count: closing.promptTokens || undefined,
    prompt_eval_duration: closing.promptDuration || undefined,
    eval_count: closing.answerTokens || undefined,
    eval_duration: closing.answerDuration || undefined,
  };
}
