import { MODEL } from "../load/chat.ts";
import { type DialectName, dialects } from "../load/dialects.ts";
import type { NodePlan } from "../nodes/heartbeat-body.ts";
import { reportFleet } from "../nodes/reported-fleet.ts";
import { freePort } from "../processes/ports.ts";
import { type BenchProgram, startBackend, startProgram } from "../processes/start-program.ts";
import { type Cleanup, withCleanup } from "../processes/with-cleanup.ts";
import type { Findings, Table } from "../report/findings.ts";
import { startRouter } from "../stage/router-process.ts";
import {
  inOneGo,
  measureCost,
  oneByOne,
  type StreamCost,
  type StreamForm,
  type StreamTarget,
} from "../stage/stream-costs.ts";
import { costsOf, inTurn } from "../stage/three-ways.ts";
import { median, sum } from "../statistics.ts";
import type { Part, Plan } from "./part.ts";

/** A backend behind the router, and the model by which clients reach it. */
interface Kind {
  readonly model: string;
  readonly said: string;
  readonly backend: NonNullable<NodePlan["backend"]>;
}

/** What the backends of the three nodes are. Both old versions came before the route that is translated for them. */
const kinds = {
  current: { model: MODEL, said: "in its own dialect", backend: { kind: "ollama", version: "0.24.0" } },
  old: { model: "old:8b", said: "native, from an Ollama 0.1.20", backend: { kind: "ollama", version: "0.1.20" } },
  server: { model: "served:8b", said: "OpenAI's, from another server", backend: { kind: "openai-compatible" } },
} as const satisfies Record<string, Kind>;

/** What a client asks, and what answers it. */
interface Pair {
  readonly asked: DialectName;
  readonly answeredBy: keyof typeof kinds;
}

const pairs: readonly Pair[] = [
  { asked: "openai", answeredBy: "current" },
  { asked: "openai", answeredBy: "old" },
  { asked: "anthropic", answeredBy: "current" },
  { asked: "anthropic", answeredBy: "old" },
  { asked: "anthropic", answeredBy: "server" },
  { asked: "native", answeredBy: "current" },
  { asked: "native", answeredBy: "server" },
];

interface Sample extends StreamCost {
  readonly form: StreamForm;
  readonly pair: Pair;
}

/** What it costs to say each chunk in another dialect. */
export const translation: Part = {
  name: "translation",
  title: "Translation: CPU time per chunk",
  programs: [],
  isLong: false,
  measure: (plan) =>
    withCleanup(async (cleanup) => {
      const client = cleanup.keep(startProgram("stream-client"));
      const router = await startFleet(cleanup);
      return findingsOf(await measureRounds({ client, router }, plan), plan);
    }),
};

type RouterTarget = Omit<StreamTarget, "dialect" | "model">;

/** A router before three nodes, each with one kind of backend. */
async function startFleet({ keep, folder }: Cleanup): Promise<RouterTarget> {
  const all = Object.values(kinds);
  const { ports } = keep(await startBackend(all.length));
  const herd = keep(await startRouter({ port: await freePort(), folder: folder() }));
  const plans = all.map(({ model, backend }, at): NodePlan => {
    const port = ports[at] ?? 0;
    return { id: `node-${port}`, port, models: [model], loaded: [model], parallel: 64, backend };
  });
  keep(await reportFleet(herd.port, plans));
  return { port: herd.port, ...costsOf(herd) };
}

const extentOf = ({ isShort }: Plan) => ({ rounds: isShort ? 1 : 3, warmUps: isShort ? 1 : 2 });

const formsOf = ({ isShort }: Plan): readonly StreamForm[] => [oneByOne(isShort), inOneGo(isShort)];

interface Stage {
  readonly client: BenchProgram;
  readonly router: RouterTarget;
}

async function measureRounds({ client, router }: Stage, plan: Plan): Promise<readonly Sample[]> {
  const { rounds, warmUps } = extentOf(plan);
  const samples: Sample[] = [];
  for (let round = 0; round < warmUps + rounds; round += 1) {
    plan.say(round < warmUps ? "warming up" : `round ${round - warmUps + 1} of ${rounds}`);
    const turn = formsOf(plan).flatMap((form) => inTurn(pairs, round).map((pair) => ({ form, pair })));
    for (const { form, pair } of turn) {
      const { model } = kinds[pair.answeredBy];
      const cost = await measureCost(client, form, { ...router, dialect: pair.asked, model });
      if (round >= warmUps) samples.push({ ...cost, form, pair });
    }
  }
  return samples;
}

function findingsOf(samples: readonly Sample[], plan: Plan): Findings {
  const { rounds, warmUps } = extentOf(plan);
  const lost = sum(samples.map((sample) => sample.lost));
  return {
    setup: [
      `A router before three nodes: an Ollama that has every route, one that only has the native ones, and a server with OpenAI's API. The same stand-in plays them all, in the bytes of each. ${rounds} rounds after ${warmUps} to warm up, the pairs in turns; CPU time of the router's process.`,
    ],
    tables: formsOf(plan).map((form) => tableOf(samples, form)),
    targets: [],
    notes: [
      "What is translated is read and written again record by record; what is not passes as the bytes that came, and only its first and its closing records are parsed.",
      ...(lost === 0 ? [] : [`${lost} streams did not come whole.`]),
    ],
    failures: lost,
  };
}

function tableOf(samples: readonly Sample[], form: StreamForm): Table {
  const thousands = (form.streams * form.pace.chunks) / 1000;
  const middle = (pair: Pair, field: "cpuMs" | "servingMs" | "tookMs"): number => {
    const mine = samples.filter((sample) => sample.form.title === form.title && sample.pair === pair);
    return median(mine.map((sample) => sample[field]));
  };
  const untranslated = ({ asked }: Pair): Pair =>
    pairs.find((pair) => pair.asked === asked && pair.answeredBy === "current") ?? { asked, answeredBy: "current" };
  return {
    title: form.title,
    head: [
      "asked",
      "answered",
      "main thread, µs per chunk",
      "all threads, µs per chunk",
      "main thread, more than untranslated, µs per chunk",
      "a stream took, ms",
    ],
    rows: pairs.map((pair) => [
      dialects[pair.asked].path,
      kinds[pair.answeredBy].said,
      middle(pair, "servingMs") / thousands,
      middle(pair, "cpuMs") / thousands,
      (middle(pair, "servingMs") - middle(untranslated(pair), "servingMs")) / thousands,
      middle(pair, "tookMs"),
    ]),
  };
}
