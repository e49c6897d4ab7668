import type { Connection } from "../storage/connection.ts";
import { createBenchmarks } from "./queries/benchmarks.ts";
import { createFailedTraces } from "./queries/failed-traces.ts";
import { createRecentTraces } from "./queries/recent-traces.ts";
import { createTraceByRequest } from "./queries/trace-by-request.ts";

/** Every question about what is stored, by name. Each is prepared once per connection; answers must survive being cloned. */
export const questions = {
  benchmarks: createBenchmarks,
  recent: createRecentTraces,
  failed: createFailedTraces,
  byRequest: createTraceByRequest,
} satisfies Record<string, (connection: Connection) => (question: never) => unknown>;

type Questions = typeof questions;
/** The name of a question. */
export type QuestionName = keyof Questions;
/** What a question is asked with. */
export type Asked<Name extends QuestionName> = Parameters<ReturnType<Questions[Name]>>[0];
/** What it is answered with. */
export type Answered<Name extends QuestionName> = ReturnType<ReturnType<Questions[Name]>>;

/** Asks what is stored, without holding up the thread that relays streams. Rejects with the database's error. */
export type Ask = <Name extends QuestionName>(name: Name, question: Asked<Name>) => Promise<Answered<Name>>;

/** Asks on this thread; for tests, and where no other thread can be had. */
export function askHere(connection: Connection): Ask {
  const prepared = new Map<QuestionName, (question: never) => unknown>();
  return async (name, question) => {
    const answer = prepared.get(name) ?? questions[name](connection);
    prepared.set(name, answer);
    return answer(question as never) as never;
  };
}
