import { MODEL } from "../load/chat.ts";
import type { StreamOrder, StreamReport } from "../load/stream-order.ts";
import { uploadMs } from "../load/upload.ts";
import { residentMibOf } from "../processes/process-costs.ts";
import { startBackend, startProgram } from "../processes/start-program.ts";
import { withCleanup } from "../processes/with-cleanup.ts";
import type { Findings, Table } from "../report/findings.ts";
import { inTurn, startThreeWays, type Way, type WayName, wayNames } from "../stage/three-ways.ts";
import { median } from "../statistics.ts";
import type { Part, Plan } from "./part.ts";

const RECORD_BYTES = 16_384;
const MIB = 2 ** 20;
const LONGEST_EDIT = 64;

/** One large message on one way. */
interface Sample {
  readonly what: "reply" | "request";
  readonly way: WayName;
  readonly ms: number;
  readonly cpuMs: number;
  readonly isWhole: boolean;
}

/** Large messages: what a megabyte costs. */
export const relay: Part = {
  name: "relay",
  title: "Relay: large replies and large requests",
  programs: ["nginx"],
  isLong: false,
  measure: (plan) =>
    withCleanup(async (cleanup) => {
      const backend = cleanup.keep(await startBackend(2));
      const client = cleanup.keep(startProgram("stream-client"));
      const stage = await startThreeWays(cleanup, backend.ports, MODEL);
      const before = residentMibOf(stage.herd.pid);
      const samples = await measureRounds(stage.ways, plan, (order) => {
        client.tell(order);
        return client.hear<StreamReport>();
      });
      return findingsOf(samples, plan, { before, after: residentMibOf(stage.herd.pid) });
    }),
};

const extentOf = ({ isShort }: Plan) => (isShort ? { rounds: 1, mib: 4 } : { rounds: 7, mib: 64 });

type ReadStreams = (order: StreamOrder) => Promise<StreamReport>;

async function measureRounds(ways: readonly Way[], plan: Plan, read: ReadStreams): Promise<readonly Sample[]> {
  const { rounds, mib } = extentOf(plan);
  const bytes = mib * MIB;
  const prompt = largeBody(bytes);
  const samples: Sample[] = [];
  // The first round warms all of them up.
  for (let round = 0; round <= rounds; round += 1) {
    plan.say(round === 0 ? "warming up" : `round ${round} of ${rounds}`);
    for (const way of inTurn(ways, round)) {
      const both = [await sampleReply(way, bytes, read), await sampleRequest(way, prompt)];
      if (round > 0) samples.push(...both);
    }
  }
  return samples;
}

async function sampleReply(way: Way, bytes: number, read: ReadStreams): Promise<Sample> {
  const chunks = bytes / RECORD_BYTES;
  const pace = { chunks, everyMs: 0, bytes: RECORD_BYTES };
  const before = way.cpuMs();
  const report = await read({ port: way.port, dialect: "native", pace, streams: 1, spreadMs: 0 });
  const [sight] = report.streams;
  const cpuMs = way.cpuMs() - before;
  return { what: "reply", way: way.name, ms: sight?.totalMs ?? Number.NaN, cpuMs, isWhole: sight?.isWhole === true };
}

async function sampleRequest(way: Way, body: Buffer): Promise<Sample> {
  const before = way.cpuMs();
  const { ms, text } = await uploadMs(way.port, body);
  const came = Number(/"response":"(\d+)"/.exec(text)?.[1]);
  // herd adds the context with which the model was loaded, so that it is not loaded again.
  const isWhole = came >= body.length && came < body.length + LONGEST_EDIT;
  return { what: "request", way: way.name, ms, cpuMs: way.cpuMs() - before, isWhole };
}

/** A request with an image of that size, as vision models take it. */
function largeBody(bytes: number): Buffer {
  const image = Buffer.alloc((bytes * 3) / 4, "A picture that nobody looks at. ").toString("base64");
  return Buffer.from(JSON.stringify({ model: MODEL, prompt: "What is this?", images: [image], stream: false }));
}

interface Memory {
  readonly before: number;
  readonly after: number;
}

function findingsOf(samples: readonly Sample[], plan: Plan, memory: Memory): Findings {
  const { rounds, mib } = extentOf(plan);
  const failed = samples.filter(({ isWhole }) => !isWhole);
  return {
    setup: [
      `One connection, ${rounds} rounds, the ways in turns. The reply: ${mib} MiB in records of 16 KiB, sent as fast as they are read. The request: an image of ${mib} MiB in base64, posted as one body; herd reads a body whole before it decides.`,
    ],
    tables: [tableOf(samples, mib, "reply"), tableOf(samples, mib, "request")],
    targets: [],
    notes: [
      ...failed.map(({ what, way }) => `A ${what} by way of ${way} was not whole.`),
      `Resident memory of herd: ${memory.before.toFixed(0)} MiB before, ${memory.after.toFixed(0)} MiB right after.`,
    ],
    failures: failed.length,
  };
}

function tableOf(samples: readonly Sample[], mib: number, what: Sample["what"]): Table {
  const perMib = (way: WayName, field: "ms" | "cpuMs"): number =>
    median(samples.filter((one) => one.what === what && one.way === way).map((one) => one[field])) / mib;
  return {
    title: what === "reply" ? "Streamed reply" : "Request body",
    head: ["way", "ms per MiB", "MiB/s", "later than direct, ms per MiB", "CPU between, ms per MiB"],
    rows: wayNames.map((way) => {
      const ms = perMib(way, "ms");
      return [way, ms, 1000 / ms, ms - perMib("direct", "ms"), perMib(way, "cpuMs")];
    }),
  };
}
