import type { Progress } from "@herd/shared/terminal";

/** How far a pull is, from its records. */
export interface PullProgress {
  /** Takes one record of Ollama's stream. */
  readonly take: (record: Readonly<Record<string, unknown>>, now: number) => void;
  /** What it said last; "starting" before the first word. */
  readonly status: () => string;
  /** What went wrong; undefined when nothing did. */
  readonly error: () => string | undefined;
  /** It has said anything. */
  readonly hasBegun: () => boolean;
  /** The node said that it is done: nothing else counts as that. */
  readonly isDone: () => boolean;
  readonly progress: (label: string) => Progress;
}

/** Time over which the speed is taken, ms. */
const SPEED_WINDOW_MS = 8_000;

const STARTING = "starting";

interface Mark {
  readonly at: number;
  readonly done: number;
}

/** Follows a pull over all of its layers. */
export function followPull(): PullProgress {
  const layers = new Map<string, Layer>();
  let [status, error, marks] = [STARTING, undefined as string | undefined, [] as readonly Mark[]];
  const sum = (of: keyof Layer): number => [...layers.values()].reduce((all, layer) => all + layer[of], 0);
  return {
    take: (record, now) => {
      status = typeof record["status"] === "string" ? record["status"] : status;
      error = errorOf(record["error"]) ?? error;
      const layer = layerOf(record);
      if (layer === undefined) return;
      // What was there before this pull began is no speed.
      if (!layers.has(layer.digest)) marks = [];
      layers.set(layer.digest, layer);
      marks = [...marks.filter(({ at }) => now - at <= SPEED_WINDOW_MS), { at: now, done: sum("done") }];
    },
    status: () => status,
    error: () => error,
    hasBegun: () => status !== STARTING || error !== undefined,
    isDone: () => status === "success" && error === undefined,
    progress: (label) => ({ label, done: sum("done"), total: sum("total"), perSecond: speedOf(marks) }),
  };
}

interface Layer {
  readonly done: number;
  readonly total: number;
}

function errorOf(told: unknown): string | undefined {
  if (told === undefined) return undefined;
  return typeof told === "string" ? told : JSON.stringify(told);
}

function layerOf(record: Readonly<Record<string, unknown>>): (Layer & { readonly digest: string }) | undefined {
  const { digest, total, completed } = record;
  if (typeof digest !== "string" || typeof total !== "number" || !(total > 0)) return undefined;
  return { digest, total, done: typeof completed === "number" ? completed : 0 };
}

function speedOf(marks: readonly Mark[]): number | undefined {
  const [first, last] = [marks[0], marks.at(-1)];
  if (first === undefined || last === undefined || last.at - first.at < 500) return undefined;
  return (last.done - first.done) / ((last.at - first.at) / 1000);
}
