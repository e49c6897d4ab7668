import { BYTES_PER_GIB } from "@herd/shared";
import type { LearnedSpeeds } from "../domain/candidate.ts";
import type { Family, Labels, NumberFamily, NumberPoint } from "./family.ts";
import { cleanLabel, OTHER } from "./label-book.ts";

/** One lane now. */
export interface LaneReading {
  readonly node: string;
  readonly backend: string;
  readonly model: string;
  readonly inFlight: number;
  readonly waiting: number;
  /** Requests that the node is known to compute at once. */
  readonly slots: number;
  readonly learned: LearnedSpeeds;
}

/** What is told of the router itself. */
export interface RouterReadings {
  readonly version: string;
  readonly inFlight: number;
  readonly waiting: number;
  readonly held: number;
  readonly lanes: readonly LaneReading[];
  readonly traces: { readonly written: number; readonly dropped: number; readonly pending: number };
  readonly pulls: { readonly running: number; readonly ended: ReadonlyMap<string, number> };
  readonly process: ProcessReading;
  /** Listeners of the live events; undefined where nobody counts them. */
  readonly listeners?: number | undefined;
}

/** The process that the router is. */
export interface ProcessReading {
  /** Unix epoch s. */
  readonly startedAt: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** CPU time since the start, s. */
  readonly cpuSeconds: number;
  /** How late the event loop was since it was last asked, s; undefined at the first time. */
  readonly loop: { readonly mean: number; readonly p99: number; readonly max: number } | undefined;
}

/** So many lanes are told one by one; the work of the others is summed up. */
const MOST_LANES = 1_000;

/** Work in hand, lanes, records, pulls and the process. */
export function routerFamilies(readings: RouterReadings): readonly Family[] {
  return [
    ...workFamilies(readings),
    ...laneFamilies(readings.lanes),
    ...learnedFamilies(readings.lanes.slice(0, MOST_LANES)),
    ...recordFamilies(readings),
    ...processFamilies(readings.process),
  ];
}

function workFamilies({ version, inFlight, waiting, held, listeners }: RouterReadings): readonly Family[] {
  return [
    one({ name: "herd.build_info", unit: "{thing}", help: "The version that runs; always 1." }, 1, { version }),
    one({ name: "herd.requests.in_flight", unit: "{request}", help: "Requests that hold a slot of a node." }, inFlight),
    one({ name: "herd.requests.waiting", unit: "{request}", help: "Requests that wait for a slot." }, waiting),
    one({ name: "herd.requests.held", unit: "{request}", help: "Requests that wait for any node to appear." }, held),
    ...(listeners === undefined
      ? []
      : [one({ name: "herd.events.listeners", unit: "{thing}", help: "Listeners of the live events." }, listeners)]),
  ];
}

const labelsOf = ({ node, backend, model }: LaneReading): Labels => ({
  node,
  backend: cleanLabel(backend),
  model: cleanLabel(model),
});

function laneFamilies(lanes: readonly LaneReading[]): readonly Family[] {
  const told = lanes.slice(0, MOST_LANES);
  const rest = lanes.slice(MOST_LANES);
  const family = (name: string, help: string, read: (lane: LaneReading) => number): NumberFamily => {
    const points: NumberPoint[] = told.map((lane) => ({ labels: labelsOf(lane), value: read(lane) }));
    if (rest.length > 0) {
      const value = rest.reduce((sum, lane) => sum + read(lane), 0);
      points.push({ labels: { node: OTHER, backend: OTHER, model: OTHER }, value });
    }
    return { kind: "gauge", name, unit: "{request}", help, points };
  };
  return [
    family("herd.lane.in_flight", "Requests that run on a lane.", ({ inFlight }) => inFlight),
    family("herd.lane.waiting", "Requests that are expected to run on a lane.", ({ waiting }) => waiting),
    family("herd.lane.slots", "Requests that a lane is known to compute at once.", ({ slots }) => slots),
  ];
}

function learnedFamilies(lanes: readonly LaneReading[]): readonly Family[] {
  const family = (
    told: Pick<NumberFamily, "name" | "unit" | "help">,
    read: (learned: LearnedSpeeds) => number | undefined,
  ): NumberFamily => ({
    kind: "gauge",
    ...told,
    points: lanes.flatMap((lane) => {
      const value = read(lane.learned);
      return value === undefined ? [] : [{ labels: labelsOf(lane), value }];
    }),
  });
  return [
    family(
      { name: "herd.lane.decode_speed", unit: "{token}/s", help: "Learned speed of writing." },
      ({ decodeTokensPerS }) => decodeTokensPerS,
    ),
    family(
      { name: "herd.lane.prefill_speed", unit: "{token}/s", help: "Learned speed of reading a prompt." },
      ({ prefillTokensPerS }) => prefillTokensPerS,
    ),
    family(
      { name: "herd.lane.load_speed", unit: "By/s", help: "Learned speed of loading the model." },
      ({ loadMsPerGib }) => (loadMsPerGib === undefined ? undefined : (BYTES_PER_GIB * 1000) / loadMsPerGib),
    ),
    family(
      { name: "herd.lane.first_token", unit: "s", help: "Learned time to the first token, model in memory." },
      ({ firstTokenMs }) => (firstTokenMs === undefined ? undefined : firstTokenMs / 1000),
    ),
  ];
}

function recordFamilies({ traces, pulls }: RouterReadings): readonly Family[] {
  const { written, dropped, pending } = traces;
  return [
    count({ name: "herd.traces.written", unit: "{thing}", help: "Requests whose row is on disk." }, written),
    count({ name: "herd.traces.dropped", unit: "{thing}", help: "Requests whose row was given up." }, dropped),
    one({ name: "herd.traces.pending", unit: "{thing}", help: "Requests whose row waits to be written." }, pending),
    one({ name: "herd.pulls.running", unit: "{thing}", help: "Models that are being pulled." }, pulls.running),
    {
      kind: "counter",
      name: "herd.pulls",
      unit: "{thing}",
      help: "Ended pulls.",
      points: [...pulls.ended].map(([outcome, value]) => ({ labels: { outcome }, value })),
    },
  ];
}

function processFamilies({ startedAt, residentBytes, heapBytes, cpuSeconds, loop }: ProcessReading): readonly Family[] {
  return [
    one({ name: "process.start_time", unit: "s", help: "Start of the process since the Unix epoch." }, startedAt),
    one({ name: "process.resident_memory", unit: "By", help: "Memory that the process holds." }, residentBytes),
    one({ name: "nodejs.heap_size_used", unit: "By", help: "JavaScript's heap in use." }, heapBytes),
    count({ name: "process.cpu", unit: "s", help: "CPU time of the process." }, cpuSeconds),
    {
      kind: "gauge",
      name: "herd.event_loop.delay",
      unit: "s",
      help: "How late the event loop was since the reading before.",
      points: Object.entries(loop ?? {}).map(([stat, value]) => ({ labels: { stat }, value })),
    },
  ];
}

type Told = Pick<NumberFamily, "name" | "unit" | "help">;

const one = (told: Told, value: number, labels: Labels = {}): NumberFamily => ({
  kind: "gauge",
  ...told,
  points: [{ labels, value }],
});

const count = (told: Told, value: number): NumberFamily => ({
  kind: "counter",
  ...told,
  points: [{ labels: {}, value }],
});
