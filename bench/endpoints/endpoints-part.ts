import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { modelNames } from "../nodes/heartbeat-body.ts";
import { reportFleet } from "../nodes/reported-fleet.ts";
import type { Part, Plan } from "../parts/part.ts";
import { freePorts } from "../processes/ports.ts";
import { type Cleanup, withCleanup } from "../processes/with-cleanup.ts";
import type { Table } from "../report/findings.ts";
import { startRouter } from "../stage/router-process.ts";
import { percentile } from "../statistics.ts";
import { describedRoutes, hardQuestions, type Known } from "./described-routes.ts";
import { copyHistory, type HistoryPlan } from "./history.ts";
import { readText, type Timed, timeAnswers, type Watched } from "./time-answers.ts";

const BOUND_MS = 50;
const NODES = 10;
const MODELS = 20;

/** What the dashboard asks, on a long history. */
export const endpoints: Part = {
  name: "endpoints",
  title: "Endpoints of the dashboard",
  programs: [],
  isLong: false,
  measure: async (plan) => {
    const { histories, rounds, laterS } = extentOf(plan);
    const measured: Measured[] = [];
    for (const history of histories) {
      plan.say(`${history.rows} requests in ${history.days} days`);
      measured.push(await withCleanup((cleanup) => measure(history, { cleanup, plan })));
    }
    return {
      setup: [
        `A router in a process of its own, with ${NODES} nodes of ${MODELS} models that report. Every GET route of its description is asked once as it is, then the questions that look at most, all in turns, ${rounds} rounds, one question after the other; the time ends with the last byte.`,
        "The event loop's longest standstill is what a stream would have felt: from shortly before a question until after its answer.",
      ],
      tables: measured.map(tableOf),
      targets: measured.flatMap(targetsOf),
      notes: measured.map(
        ({ history, soonMs, laterMs }) =>
          `${titleOf(history)}: the first question of all took ${soonMs.toFixed(0)} ms as soon as the router listened, and ${laterMs.toFixed(0)} ms after another start when ${laterS} s had passed.`,
      ),
      failures: measured.flatMap(({ timed }) => timed).reduce((sum, { failed }) => sum + failed, 0),
    };
  },
};

const extentOf = ({ isShort }: Plan) =>
  isShort
    ? { histories: [{ rows: 3000, days: 7 }], rounds: 2, laterS: 0.1, settleS: 0 }
    : {
        histories: [
          { rows: 1_000_000, days: 7 },
          { rows: 1_000_000, days: 365 },
        ],
        rounds: 100,
        laterS: 3,
        settleS: 15,
      };

interface Measured {
  readonly history: HistoryPlan;
  readonly soonMs: number;
  readonly laterMs: number;
  readonly timed: readonly Timed[];
}

interface Scene {
  readonly cleanup: Cleanup;
  readonly plan: Plan;
}

const FIRST = "/dashboard/api/traces?limit=1";

async function measure(history: HistoryPlan, { cleanup, plan }: Scene): Promise<Measured> {
  const { rounds, laterS, settleS } = extentOf(plan);
  const folder = cleanup.folder();
  await copyHistory(history, join(folder, "data"));
  const first = await startWatched(folder);
  const { ms: soonMs } = await readText(first.port, FIRST);
  await first.stop();
  const herd = cleanup.keep(await startWatched(folder));
  await pause(laterS * 1000);
  const { ms: laterMs } = await readText(herd.port, FIRST);
  const models = modelNames(MODELS);
  const nodes = Array.from({ length: NODES }, (_, at) => ({
    id: `node-${at}`,
    port: 20_000 + at,
    models,
    parallel: 4,
  }));
  cleanup.keep(
    await reportFleet(
      herd.port,
      nodes.map((node) => ({ ...node, loaded: models.slice(0, 2) })),
    ),
  );
  await pause(settleS * 1000);
  const known = await lookUp(herd);
  const description = JSON.parse((await readText(herd.port, "/openapi.json")).text) as Parameters<
    typeof describedRoutes
  >[0];
  const questions = [...describedRoutes(description, known), ...hardQuestions(known)];
  return { history, soonMs, laterMs, timed: await timeAnswers(herd, questions, { rounds, say: plan.say }) };
}

const watch = fileURLToPath(new URL("../programs/watch-loop.ts", import.meta.url));

async function startWatched(folder: string) {
  const [port = 0, watchPort = 0] = await freePorts(2);
  const environment = { NODE_OPTIONS: `--import ${watch}`, WATCH_LOOP_PORT: String(watchPort) };
  return { ...(await startRouter({ port, folder, environment })), watchPort };
}

interface Page {
  readonly traces: readonly { readonly request_id: string }[];
  readonly next: string | null;
}

const DEEP_PAGES = 20;

/** A request, and a place so many pages of 1,000 deep in the history. */
async function lookUp({ port }: Watched): Promise<Known> {
  let page: Page = { traces: [], next: null };
  let cursor = "";
  for (let at = 0; at < DEEP_PAGES; at += 1) {
    const path = `/dashboard/api/traces?limit=1000${cursor === "" ? "" : `&cursor=${cursor}`}`;
    page = JSON.parse((await readText(port, path)).text) as Page;
    if (page.next === null) break;
    cursor = page.next;
  }
  return { requestId: page.traces[0]?.request_id ?? "", cursor };
}

const titleOf = ({ rows, days }: HistoryPlan): string => `${rows.toLocaleString("en")} requests in ${days} days`;

const tableOf = ({ history, timed }: Measured): Table => ({
  title: titleOf(history),
  head: [
    "below /dashboard/api",
    "KiB",
    "first, ms",
    "p50, ms",
    "p99, ms",
    "longest, ms",
    "event loop, p50, ms",
    "at most, ms",
  ],
  rows: timed.map(({ name, bytes, ms, blockedMs }) => [
    `\`${name}\``,
    bytes / 1024,
    ms[0] ?? Number.NaN,
    percentile(ms, 0.5),
    percentile(ms, 0.99),
    Math.max(...ms),
    percentile(blockedMs, 0.5),
    Math.max(...blockedMs),
  ]),
});

/** The slowest question counts. */
function targetsOf({ history, timed }: Measured) {
  const [slowest] = timed.toSorted((one, other) => percentile(other.ms, 0.99) - percentile(one.ms, 0.99));
  if (slowest === undefined) return [];
  return [
    {
      what: `the slowest endpoint p99, ${titleOf(history)} (\`${slowest.name}\`)`,
      bound: BOUND_MS,
      measured: percentile(slowest.ms, 0.99),
      unit: "ms",
      side: "upper" as const,
    },
  ];
}
