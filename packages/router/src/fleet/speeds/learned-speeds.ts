import { BYTES_PER_GIB } from "@herd/shared";
import { type LearnedSpeeds, NOTHING_LEARNED } from "../../domain/candidate.ts";
import { RecentValues } from "./recent-values.ts";

/** One finished request; what was not measured is left out, and what is not above 0 is ignored. */
export interface SpeedSample {
  readonly laneKey: string;
  /** Dispatch to last byte on a loaded model, ms. */
  readonly slotMs?: number | undefined;
  /** Dispatch to first body byte on a loaded model, ms. */
  readonly firstTokenMs?: number | undefined;
  /** Duration of a load, ms; counts together with `loadedBytes`. */
  readonly loadMs?: number | undefined;
  readonly loadedBytes?: number | undefined;
  readonly prefillTokensPerS?: number | undefined;
  readonly decodeTokensPerS?: number | undefined;
  readonly outputTokens?: number | undefined;
}

export type SpeedMeasure = Exclude<keyof LearnedSpeeds, "samples">;

/** The newest values of each measure, oldest first. */
export type RecentSpeeds = Readonly<Partial<Record<SpeedMeasure, readonly number[]>>>;

/** What is stored of a lane, so that a restart keeps it. */
export interface LearnedLane {
  readonly laneKey: string;
  /** Requests observed since the lane was first seen. */
  readonly samples: number;
  readonly speeds: RecentSpeeds;
}

/** A lane as read back: nobody vouches for what is in it. */
export interface StoredLane {
  readonly laneKey: string;
  readonly samples: number;
  readonly speeds: unknown;
}

/** Learned speeds of all lanes (node and model). */
export interface LearnedSpeedsBook {
  /** Takes what a finished request or load told. */
  observe(sample: SpeedSample): void;
  /** What is known of a lane; nothing for one that was never observed. */
  of(laneKey: string): LearnedSpeeds;
  /** Median over all lanes of their decode speed, tokens/s; it may be a sixteenth of the lanes' changes old. */
  medianDecodeSpeed(): number | undefined;
  /** All lanes as they are worth storing, least recently observed first. */
  entries(): readonly LearnedLane[];
  forget(laneKey: string): void;
}

/** Lanes kept; beyond them the least recently observed is forgotten. */
const MAX_LANES = 5000;

const MEASURES: readonly SpeedMeasure[] = [
  "slotMs",
  "firstTokenMs",
  "prefillTokensPerS",
  "decodeTokensPerS",
  "loadMsPerGib",
  "outputTokens",
];

interface Lane {
  samples: number;
  readonly recent: Record<SpeedMeasure, RecentValues>;
  learned: LearnedSpeeds;
}

/**
 * An empty book, or one with what `entries` gave out before a restart. Stored values are checked one by one, because they
 * may be of another version: what makes no sense is left out.
 */
export function createLearnedSpeeds(stored: Iterable<StoredLane> = []): LearnedSpeedsBook {
  const lanes = new Map<string, Lane>();
  const median = createLazyMedian(lanes);
  for (const entry of stored) keep(lanes, entry.laneKey, restored(entry));
  return {
    observe(sample) {
      const lane = lanes.get(sample.laneKey) ?? { samples: 0, recent: recentOf(() => []), learned: NOTHING_LEARNED };
      learn(lane, sample);
      keep(lanes, sample.laneKey, lane);
      median.noteChange();
    },
    of: (laneKey) => lanes.get(laneKey)?.learned ?? NOTHING_LEARNED,
    medianDecodeSpeed: () => median.read(),
    entries: () => [...lanes].map(([laneKey, { samples, recent }]) => ({ laneKey, samples, speeds: valuesOf(recent) })),
    forget(laneKey) {
      if (lanes.delete(laneKey)) median.noteChange();
    },
  };
}

/** A map remembers the order of insertion, so the first key is the least recently observed. */
function keep(lanes: Map<string, Lane>, laneKey: string, lane: Lane): void {
  // The order matters only when lanes may have to go; taking out and putting back at every request is costly garbage.
  if (lanes.size > MAX_LANES / 2) lanes.delete(laneKey);
  lanes.set(laneKey, lane);
  if (lanes.size <= MAX_LANES) return;
  for (const oldest of lanes.keys()) {
    lanes.delete(oldest);
    return;
  }
}

function learn(lane: Lane, sample: SpeedSample): void {
  const { recent } = lane;
  for (const measure of MEASURES) {
    const value = measure === "loadMsPerGib" ? loadSpeed(sample) : sample[measure];
    if (isSound(value)) recent[measure].take(value);
  }
  lane.samples += 1;
  lane.learned = speedsOf(lane);
}

function recentOf(valuesOfMeasure: (measure: SpeedMeasure) => readonly number[]): Record<SpeedMeasure, RecentValues> {
  const entries = MEASURES.map((measure) => [measure, new RecentValues(valuesOfMeasure(measure))] as const);
  return Object.fromEntries(entries) as Record<SpeedMeasure, RecentValues>;
}

function valuesOf(recent: Lane["recent"]): RecentSpeeds {
  const told = MEASURES.filter((measure) => recent[measure].median() !== undefined);
  return Object.fromEntries(told.map((measure) => [measure, recent[measure].values()]));
}

function loadSpeed({ loadMs, loadedBytes }: SpeedSample): number | undefined {
  if (loadMs === undefined || loadedBytes === undefined || loadedBytes <= 0) return undefined;
  return loadMs / (loadedBytes / BYTES_PER_GIB);
}

const isSound = (value: unknown): value is number => Number.isFinite(value) && Number(value) > 0;

function speedsOf({ samples, recent }: Pick<Lane, "samples" | "recent">): LearnedSpeeds {
  return {
    slotMs: recent.slotMs.median(),
    firstTokenMs: recent.firstTokenMs.median(),
    prefillTokensPerS: recent.prefillTokensPerS.median(),
    decodeTokensPerS: recent.decodeTokensPerS.median(),
    loadMsPerGib: recent.loadMsPerGib.median(),
    outputTokens: recent.outputTokens.median(),
    samples,
  };
}

function restored({ samples, speeds }: StoredLane): Lane {
  const recent = recentOf((measure) => soundValues(speeds, measure));
  const count = isSound(samples) ? Math.floor(samples) : 0;
  return { samples: count, recent, learned: speedsOf({ samples: count, recent }) };
}

function soundValues(speeds: unknown, measure: SpeedMeasure): number[] {
  if (typeof speeds !== "object" || speeds === null) return [];
  const values = (speeds as Readonly<Record<string, unknown>>)[measure];
  return Array.isArray(values) ? values.filter(isSound) : [];
}

function medianOf(values: number[]): number | undefined {
  const sorted = values.sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  if (upper === undefined || sorted.length % 2 === 1) return upper;
  return ((sorted[(sorted.length >> 1) - 1] ?? upper) + upper) / 2;
}

/** Sorting all lanes after every request would cost more than the request; a sixteenth of them may change first. */
function createLazyMedian(lanes: ReadonlyMap<string, Lane>) {
  let changes = Number.POSITIVE_INFINITY;
  let median: number | undefined;
  return {
    noteChange(): void {
      changes += 1;
    },
    read(): number | undefined {
      if (changes > lanes.size / 16) {
        median = medianOf([...lanes.values()].flatMap(({ learned }) => learned.decodeTokensPerS ?? []));
        changes = 0;
      }
      return median;
    },
  };
}
