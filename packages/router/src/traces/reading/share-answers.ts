import type { Ask } from "../questions.ts";

export interface SharingDependencies {
  readonly ask: Ask;
  /** ms, never going back. */
  readonly now: () => number;
  /** How long an answer is given to everybody with the same question, ms. */
  readonly keepMs: number;
}

interface Kept {
  readonly answer: Promise<unknown>;
  readonly askedAt: number;
}

/** Different questions whose answers are kept. */
const MOST_KEPT = 32;

/**
 * Many pages ask the same at the same time: one of them is answered by the database, the others get that answer. Nobody may
 * change an answer. Errors are shared while the question is under way, and not kept.
 */
export function shareAnswers({ ask, now, keepMs }: SharingDependencies): Ask {
  const kept = new Map<string, Kept>();
  const forget = (key: string, answer: Promise<unknown>): void => {
    if (kept.get(key)?.answer === answer) kept.delete(key);
  };
  return (name, question) => {
    const key = `${name} ${JSON.stringify(question)}`;
    const found = kept.get(key);
    if (found !== undefined && now() - found.askedAt < keepMs) return found.answer as never;
    const answer: Promise<unknown> = ask(name, question);
    kept.delete(key);
    kept.set(key, { answer, askedAt: now() });
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    answer.catch(() => forget(key, answer));
    return answer as never;
  };
}
