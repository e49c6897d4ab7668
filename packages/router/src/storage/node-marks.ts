import type { Connection } from "./connection.ts";

/** What an operator has decided about nodes: it holds until taken back, also over restarts. */
export interface NodeMarks {
  /** Nodes that are to take no new work. */
  drained(): readonly string[];
  /** On disk before it returns. @throws SqliteError when the database cannot be written */
  set(nodeId: string, isDrained: boolean): void;
}

export interface NodeMarksDependencies {
  readonly connection: Connection;
  /** Unix epoch ms. */
  readonly now: () => number;
}

/** The table `node_marks`. */
export function createNodeMarks({ connection, now }: NodeMarksDependencies): NodeMarks {
  const select = connection.prepare<[], string>("SELECT node_id FROM node_marks WHERE mark = 'drained'").pluck();
  const insert = connection.prepare(
    "INSERT OR REPLACE INTO node_marks (node_id, mark, marked_at) VALUES (?, 'drained', ?)",
  );
  const remove = connection.prepare("DELETE FROM node_marks WHERE node_id = ?");
  return {
    drained: () => select.all(),
    set: (nodeId, isDrained) => void (isDrained ? insert.run(nodeId, now() / 1000) : remove.run(nodeId)),
  };
}
