import type { ModelKey } from "@herd/shared";
import type { Connection } from "./connection.ts";
import type { Flusher } from "./writing/flusher.ts";
import { createKeyedRows } from "./writing/keyed-rows.ts";

/** A model that a node was seen to hold. */
export interface HeldModel {
  readonly key: ModelKey;
  /** As the node lists it. */
  readonly name: string;
}

/** Names that some node held lately: an unknown name among them is worth waiting for. */
export interface KnownModels {
  /** A node holds these models now. @param at Unix epoch ms */
  note(nodeId: string, held: { readonly models: Iterable<HeldModel>; readonly at: number }): void;
  /** Whether any node held the model at `since` (Unix epoch ms) or later. */
  wasHeld(key: ModelKey, since: number): boolean;
  /** The models held at `since` (Unix epoch ms) or later, by name. */
  heldSince(since: number): readonly HeldModel[];
  /** The model was deleted on purpose: nobody waits for it any more. */
  forget(key: ModelKey): void;
}

export interface KnownModelsDependencies {
  readonly connection: Connection;
  readonly flusher: Pick<Flusher, "add" | "wake">;
  /** Unix epoch ms. */
  readonly now: () => number;
}

const WRITE_WITHIN_MS = 2000;
/** A sighting is written again only after this time, ms: heartbeats come every few seconds, the answer is asked in days. */
const WRITE_EVERY_MS = 10 * 60_000;
/** Older sightings are deleted when the router starts, ms. */
const KEPT_MS = 30 * 24 * 3600_000;

interface Sighting extends HeldModel {
  readonly nodeId: string;
  /** Unix epoch ms. */
  readonly at: number;
}
type Change =
  | { readonly kind: "seen"; readonly sighting: Sighting }
  | { readonly kind: "gone"; readonly key: ModelKey };

/** Reads the table `known_models` once; answers come from memory afterwards. */
export function createKnownModels({ connection, flusher, now }: KnownModelsDependencies): KnownModels {
  const latest = readLatest(connection, now() - KEPT_MS);
  const writtenAt = new Map<string, number>();
  const changes = createKeyedRows({
    name: "known_models",
    flusher,
    withinMs: WRITE_WITHIN_MS,
    write: createChangeWriter(connection),
  });
  const see = (sighting: Sighting): void => {
    latest.set(sighting.key, sighting);
    const row = `${sighting.key}\n${sighting.nodeId}`;
    if (sighting.at - (writtenAt.get(row) ?? Number.NEGATIVE_INFINITY) < WRITE_EVERY_MS) return;
    writtenAt.set(row, sighting.at);
    changes.set(row, { kind: "seen", sighting });
  };
  return {
    note: (nodeId, { models, at }) => {
      for (const { key, name } of models) see({ key, name, nodeId, at });
    },
    wasHeld: (key, since) => (latest.get(key)?.at ?? Number.NEGATIVE_INFINITY) >= since,
    heldSince: (since) =>
      [...latest.values()].filter(({ at }) => at >= since).sort((a, b) => (a.name < b.name ? -1 : 1)),
    forget: (key) => {
      latest.delete(key);
      for (const row of writtenAt.keys()) if (row.startsWith(`${key}\n`)) writtenAt.delete(row);
      changes.set(key, { kind: "gone", key });
    },
  };
}

/** The newest sighting of each model. */
function readLatest(connection: Connection, since: number): Map<ModelKey, Sighting> {
  connection.prepare("DELETE FROM known_models WHERE last_seen < ?").run(since / 1000);
  const rows = connection.prepare<[], Sighting>(
    `SELECT model_key AS key, name, node_id AS nodeId, CAST(round(last_seen * 1000) AS INTEGER) AS at
     FROM known_models ORDER BY last_seen`,
  );
  return new Map(rows.all().map((sighting) => [sighting.key, sighting]));
}

function createChangeWriter(connection: Connection): (change: Change) => void {
  const upsert = connection.prepare(
    `INSERT INTO known_models (model_key, node_id, name, last_seen) VALUES (@key, @nodeId, @name, @at / 1000.0)
     ON CONFLICT (model_key, node_id) DO UPDATE SET name = excluded.name, last_seen = excluded.last_seen`,
  );
  const remove = connection.prepare("DELETE FROM known_models WHERE model_key = ?");
  return (change) => {
    switch (change.kind) {
      case "seen":
        upsert.run({ ...change.sighting });
        return;
      case "gone":
        remove.run(change.key);
        return;
    }
  };
}
