import type { Connection } from "./connection.ts";
import { createBacklog } from "./writing/backlog.ts";
import type { Flusher } from "./writing/flusher.ts";

/** What can happen to a model on a node. */
export type ModelEventKind =
  | "loaded"
  | "unloaded"
  | "load_failed"
  | "pulled"
  | "pull_failed"
  | "deleted"
  | "pinned"
  | "unpinned";

/** One event. */
export interface ModelEvent {
  readonly event: ModelEventKind;
  readonly nodeId: string;
  readonly model: string;
  /** Unix epoch ms. */
  readonly at: number;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** Keeps what happens to models on nodes. */
export interface ModelEvents {
  /** On disk within 2 s. Events that wait while nothing can be written are bounded: the oldest go. */
  note(event: ModelEvent): void;
  /** Calls back with every event. */
  follow(listener: (event: ModelEvent) => void): void;
}

export interface ModelEventsDependencies {
  readonly connection: Connection;
  readonly flusher: Pick<Flusher, "add" | "wake">;
}

const WRITE_WITHIN_MS = 2_000;
const MOST_WAITING = 2_000;
/** Longest text of a column, characters. */
const LONGEST_TEXT = 512;
const LONGEST_DETAILS = 2_048;

/** The table `model_events`. */
export function createModelEvents({ connection, flusher }: ModelEventsDependencies): ModelEvents {
  const insert = connection.prepare(
    "INSERT INTO model_events (timestamp, event, node_id, model, details) VALUES (?, ?, ?, ?, ?)",
  );
  const waiting = createBacklog<ModelEvent>(MOST_WAITING);
  flusher.add<ModelEvent>({
    name: "model_events",
    waiting: () => waiting.size,
    peek: waiting.peek,
    write: ({ at, event, nodeId, model, details }) => {
      const told = details === undefined ? null : JSON.stringify(details).slice(0, LONGEST_DETAILS);
      insert.run(at / 1000, event, nodeId.slice(0, LONGEST_TEXT), model.slice(0, LONGEST_TEXT), told);
    },
    forget: (count) => waiting.drop(count),
  });
  const listeners: ((event: ModelEvent) => void)[] = [];
  return {
    follow: (listener) => void listeners.push(listener),
    note: (event) => {
      for (const listener of listeners) listener(event);
      if (waiting.size === 0) flusher.wake(WRITE_WITHIN_MS);
      waiting.push(event);
    },
  };
}
