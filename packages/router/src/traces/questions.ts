import type { Connection } from "../storage/connection.ts";
import { createAdviceUsage } from "./queries/advice/advice-usage.ts";
import { createBriefingTraffic } from "./queries/advice/briefing-traffic.ts";
import { createBriefings } from "./queries/advice/briefings.ts";
import { createAhead } from "./queries/ahead.ts";
import { createBenchmarks } from "./queries/benchmarks.ts";
import { createEnergy } from "./queries/energy.ts";
import { createFailedTraces } from "./queries/failed-traces.ts";
import { createHealthHabits } from "./queries/health/habits.ts";
import { createHealthTraffic } from "./queries/health/traffic.ts";
import { createHealthHistory } from "./queries/health-history.ts";
import { createEventList } from "./queries/models/event-list.ts";
import { createModelUse } from "./queries/models/model-use.ts";
import { createRecentTraces } from "./queries/recent-traces.ts";
import { createFindTraces } from "./queries/search/find-traces.ts";
import { createTracePage } from "./queries/search/trace-page.ts";
import { createTraceByRequest } from "./queries/trace-by-request.ts";
import { createContextSizes } from "./queries/usage/context-sizes.ts";
import { createKindUsage } from "./queries/usage/kind-usage.ts";
import { createModelUsage } from "./queries/usage/model-usage.ts";
import { createNodeUsage } from "./queries/usage/node-usage.ts";
import { createOverview } from "./queries/usage/overview.ts";
import { createTagDays, createTagUsage } from "./queries/usage/tag-usage.ts";
import { createTrends } from "./queries/usage/trends.ts";

/**
 * Every question about what is stored, by name. Each is prepared once per connection;
 * answers must survive being cloned. Long ones are bytes of JSON: those are handed over without a copy.
 */
const questions = {
  eventList: createEventList,
  modelUse: createModelUse,
  adviceUsage: createAdviceUsage,
  briefingTraffic: createBriefingTraffic,
  briefings: createBriefings,
  benchmarks: createBenchmarks,
  recent: createRecentTraces,
  failed: createFailedTraces,
  byRequest: createTraceByRequest,
  energy: createEnergy,
  traces: createFindTraces,
  tracePage: createTracePage,
  overview: createOverview,
  trends: createTrends,
  modelUsage: createModelUsage,
  nodeUsage: createNodeUsage,
  tagUsage: createTagUsage,
  tagDays: createTagDays,
  kindUsage: createKindUsage,
  contextSizes: createContextSizes,
  healthTraffic: createHealthTraffic,
  healthHabits: createHealthHabits,
  healthHistory: createHealthHistory,
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

/** Questions on one connection. Both throw the database's error. */
export interface Prepared {
  readonly answer: (name: QuestionName, question: unknown) => unknown;
  /** Does a little of what later questions will need; returns whether there may be more. @param now Unix epoch seconds */
  readonly prepareAhead: (now: number) => boolean;
}

/** Each question is prepared when it is first asked. */
export function prepareQuestions(connection: Connection): Prepared {
  const prepared = new Map<QuestionName, (question: never) => unknown>();
  let ahead: ReturnType<typeof createAhead> | undefined;
  return {
    answer: (name, question) => {
      const answer = prepared.get(name) ?? questions[name](connection);
      prepared.set(name, answer);
      return answer(question as never);
    },
    prepareAhead: (now) => {
      ahead ??= createAhead(connection);
      return ahead(now);
    },
  };
}
