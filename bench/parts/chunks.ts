import { MODEL } from "../load/chat.ts";
import type { DialectName } from "../load/dialects.ts";
import { type BenchProgram, startBackend, startProgram } from "../processes/start-program.ts";
import { withCleanup } from "../processes/with-cleanup.ts";
import type { Findings, Table } from "../report/findings.ts";
import { inOneGo, measureCost, oneByOne, type StreamCost, type StreamForm } from "../stage/stream-costs.ts";
import { inTurn, startThreeWays, type Way, type WayName, wayNames } from "../stage/three-ways.ts";
import { median, sum } from "../statistics.ts";
import type { Part, Plan } from "./part.ts";

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const LARGE_BYTES = 64 * KIB;

const dialectNames = ["native", "openai"] as const satisfies readonly DialectName[];

/** Streams of one form in one dialect on one way, once. */
interface Sample extends StreamCost {
  readonly form: StreamForm;
  readonly dialect: DialectName;
  readonly way: WayName;
}

/** What a chunk of a reply costs, and what a megabyte does, by CPU time. */
export const chunks: Part = {
  name: "chunks",
  title: "Chunks: CPU time per chunk and per MiB of a reply",
  programs: ["nginx"],
  isLong: false,
  measure: (plan) =>
    withCleanup(async (cleanup) => {
      const backend = cleanup.keep(await startBackend(2));
      const client = cleanup.keep(startProgram("stream-client"));
      const { ways } = await startThreeWays(cleanup, backend.ports, MODEL);
      return findingsOf(await measureRounds(ways, client, plan), plan);
    }),
};

const extentOf = ({ isShort }: Plan) => ({ rounds: isShort ? 1 : 3, warmUps: isShort ? 1 : 2 });

const smallForms = ({ isShort }: Plan): readonly StreamForm[] => [oneByOne(isShort), inOneGo(isShort)];

function largeForm({ isShort }: Plan): StreamForm {
  const mib = isShort ? 4 : 64;
  return {
    title: `${mib} MiB in chunks of 64 KiB, as fast as they are read`,
    streams: 1,
    pace: { chunks: (mib * MIB) / LARGE_BYTES, everyMs: 0, bytes: LARGE_BYTES },
  };
}

async function measureRounds(ways: readonly Way[], client: BenchProgram, plan: Plan): Promise<readonly Sample[]> {
  const { rounds, warmUps } = extentOf(plan);
  const forms = [...smallForms(plan), largeForm(plan)];
  const kinds = forms.flatMap((form) => dialectNames.map((dialect) => ({ form, dialect })));
  const samples: Sample[] = [];
  for (let round = 0; round < warmUps + rounds; round += 1) {
    plan.say(round < warmUps ? "warming up" : `round ${round - warmUps + 1} of ${rounds}`);
    const turn = kinds.flatMap((kind) => inTurn(ways, round).map((way) => ({ ...kind, way })));
    for (const { form, dialect, way } of turn) {
      const { name, ...target } = way;
      const cost = await measureCost(client, form, { ...target, dialect });
      if (round >= warmUps) samples.push({ ...cost, form, dialect, way: name });
    }
  }
  return samples;
}

function findingsOf(samples: readonly Sample[], plan: Plan): Findings {
  const { rounds, warmUps } = extentOf(plan);
  const lost = sum(samples.map((sample) => sample.lost));
  const perChunk = smallForms(plan).map((form) =>
    tableOf(samples, form, { of: "chunk", unit: "µs", divisor: chunksOf(form) / 1000 }),
  );
  const large = largeForm(plan);
  const mib = (chunksOf(large) * LARGE_BYTES) / MIB;
  return {
    setup: [
      `A backend of the bench streams in Ollama's own bytes, native NDJSON and OpenAI's events; ${rounds} rounds after ${warmUps} to warm up, the ways in turns. CPU time is what Linux counts for the process between client and backend, everything included: reading and writing sockets, the tap, the record that is kept of each request.`,
    ],
    tables: [...perChunk, tableOf(samples, large, { of: "MiB", unit: "ms", divisor: mib })],
    targets: [],
    notes: [
      "The serving thread is herd's main one; its other threads compile and collect garbage. nginx's processes have one thread each.",
      ...(lost === 0 ? [] : [`${lost} streams did not come whole.`]),
    ],
    failures: lost,
  };
}

const chunksOf = ({ streams, pace }: StreamForm): number => streams * pace.chunks;

interface Share {
  readonly of: "chunk" | "MiB";
  readonly unit: string;
  /** How many of them; of a smaller unit of time in thousands. */
  readonly divisor: number;
}

function tableOf(samples: readonly Sample[], form: StreamForm, { of, unit, divisor }: Share): Table {
  return {
    title: form.title,
    head: [
      "dialect",
      "way",
      `serving thread, ${unit} per ${of}`,
      `all threads, ${unit} per ${of}`,
      "a stream took, ms",
      "longer than direct, ms",
    ],
    rows: dialectNames.flatMap((dialect) => {
      const mine = samples.filter((sample) => sample.form.title === form.title && sample.dialect === dialect);
      const middle = (way: WayName, field: "cpuMs" | "servingMs" | "tookMs"): number =>
        median(mine.filter((sample) => sample.way === way).map((sample) => sample[field]));
      return wayNames.map((way) => [
        dialect,
        way,
        middle(way, "servingMs") / divisor,
        middle(way, "cpuMs") / divisor,
        middle(way, "tookMs"),
        middle(way, "tookMs") - middle("direct", "tookMs"),
      ]);
    }),
  };
}
