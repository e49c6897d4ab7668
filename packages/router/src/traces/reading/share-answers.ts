import type { Schedule } from "../../storage/writing/schedule.ts";
import type { Ask } from "../questions.ts";

export interface SharingDependencies {
  readonly ask: Ask;
  /** Timers of this process unless told. */
  readonly schedule?: Schedule;
  /** How long an answer that came is given to everybody with the same question, ms. */
  readonly keepMs: number;
}

/** Different questions whose answers are kept. */
const MOST_KEPT = 32;

/**
 * Many pages ask the same at the same time: one of them is answered by the database, the others get that answer. Nobody may
 * change an answer. Errors are shared while the question is under way, and not kept.
 */
export function shareAnswers({ ask, keepMs, schedule = timers }: SharingDependencies): Ask {
  const kept = new Map<string, Promise<unknown>>();
  const forget = (key: string, answer: Promise<unknown>): void => {
    if (kept.get(key) === answer) kept.delete(key);
  };
  return (name, question) => {
    const key = `${name} ${JSON.stringify(question)}`;
    const found = kept.get(key);
    if (found !== undefined) return found as never;
    const answer: Promise<unknown> = ask(name, question);
    kept.set(key, answer);
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    // Answers may be large: none is kept for longer, whether somebody asks again or not.
    const keepAWhile = (): void => void schedule(() => forget(key, answer), keepMs);
    answer.then(keepAWhile, () => forget(key, answer));
    return answer as never;
  };
}

const timers: Schedule = (run, afterMs) => {
  const timer = setTimeout(run, afterMs).unref();
  return () => clearTimeout(timer);
};
