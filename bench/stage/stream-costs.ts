import type { Pace } from "../load/pace.ts";
import type { StreamOrder, StreamReport } from "../load/stream-order.ts";
import type { BenchProgram } from "../processes/start-program.ts";
import { median } from "../statistics.ts";
import type { Way } from "./three-ways.ts";

/** Streams of one form. */
export interface StreamForm {
  /** For the head of a table. */
  readonly title: string;
  readonly streams: number;
  readonly pace: Pace;
}

/** What streams of one form cost on one way. */
export interface StreamCost {
  /** CPU time of all threads between, ms. */
  readonly cpuMs: number;
  /** Of that, the threads that serve requests. */
  readonly servingMs: number;
  /** How long a stream took, median, ms. */
  readonly tookMs: number;
  /** Streams that did not come whole. */
  readonly lost: number;
}

/** Where streams go. */
export type StreamTarget = Pick<Way, "port" | "cpuMs" | "servingMs"> & Pick<StreamOrder, "dialect" | "model">;

const SETTLE_MS = 50;

/** Runs streams of one form once, all at one time, and reads what they cost. */
export async function measureCost(client: BenchProgram, form: StreamForm, target: StreamTarget): Promise<StreamCost> {
  const { port, cpuMs, servingMs, ...asked } = target;
  const before = { cpu: cpuMs(), serving: servingMs() };
  client.tell({ ...asked, port, pace: form.pace, streams: form.streams, spreadMs: 0 } satisfies StreamOrder);
  const { streams } = await client.hear<StreamReport>();
  // What is left to do when the client has everything is a cost of these streams, too.
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return {
    cpuMs: cpuMs() - before.cpu,
    servingMs: servingMs() - before.serving,
    tookMs: median(streams.map(({ totalMs }) => totalMs)),
    lost: streams.filter(({ isWhole }) => !isWhole).length,
  };
}

/** Small chunks that come one by one, each of which wakes up whoever passes it on. */
export const oneByOne = (isShort: boolean): StreamForm => {
  const [streams, chunks] = isShort ? [8, 25] : [32, 625];
  return {
    title: `${streams} streams of ${chunks} chunks of ${SMALL_BYTES} bytes, one every 5 ms`,
    streams,
    pace: { chunks, everyMs: 5, bytes: SMALL_BYTES },
  };
};

/** Small chunks that come as fast as they are read, many in one packet. */
export const inOneGo = (isShort: boolean): StreamForm => {
  const chunks = isShort ? 500 : 20_000;
  return {
    title: `One stream of ${chunks} chunks of ${SMALL_BYTES} bytes, as fast as they are read`,
    streams: 1,
    pace: { chunks, everyMs: 0, bytes: SMALL_BYTES },
  };
};

/** An OpenAI chunk with one word has nearly as much. */
const SMALL_BYTES = 240;
