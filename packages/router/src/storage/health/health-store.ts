import type { Connection } from "../connection.ts";
import type { Flusher } from "../writing/flusher.ts";
import { createKeyedRows } from "../writing/keyed-rows.ts";

/** One time that a finding stood. Instants are Unix epoch ms. */
export interface FindingRow {
  readonly key: string;
  readonly checkId: string;
  readonly nodeId: string | undefined;
  /** The most severe it was. */
  readonly severity: string;
  readonly title: string;
  readonly description: string;
  readonly beganAt: number;
  /** undefined while it stands. */
  readonly endedAt: number | undefined;
}

/** What somebody said about a finding. Instants are Unix epoch ms. */
export interface MarkRow {
  readonly key: string;
  readonly kind: string;
  readonly until: number | undefined;
  readonly markedAt: number;
  readonly note: string | undefined;
}

/** When findings began and ended, and what was said about them. */
export interface HealthStore {
  /** Findings that stood when the router ended, oldest first. */
  open(): readonly FindingRow[];
  marks(): readonly MarkRow[];
  /** Takes a finding that began, got worse or ended; on disk within 250 ms. */
  save(row: FindingRow): void;
  mark(row: MarkRow): void;
  unmark(key: string): void;
  /** Deletes what ended before this instant, Unix epoch ms, with the next write; a thousand rows at most. */
  forgetBefore(instant: number): void;
}

export interface HealthStoreDependencies {
  readonly connection: Connection;
  readonly flusher: Pick<Flusher, "add" | "wake">;
}

const WRITE_WITHIN_MS = 250;

/** The tables `health_history` and `health_marks`. */
export function createHealthStore({ connection, flusher }: HealthStoreDependencies): HealthStore {
  const rows = createKeyedRows<FindingRow | number>({
    name: "health_history",
    flusher,
    withinMs: WRITE_WITHIN_MS,
    write: createFindingWriter(connection),
  });
  const marks = createKeyedRows<MarkRow | string>({
    name: "health_marks",
    flusher,
    withinMs: WRITE_WITHIN_MS,
    write: createMarkWriter(connection),
  });
  const readOpen = connection.prepare<[], StoredFinding>(
    "SELECT * FROM health_history WHERE ended_at IS NULL ORDER BY began_at DESC LIMIT 1000",
  );
  const readMarks = connection.prepare<[], StoredMark>("SELECT * FROM health_marks LIMIT 10000");
  return {
    open: () => readOpen.all().map(findingRowOf).toReversed(),
    marks: () => readMarks.all().map(markRowOf),
    save: (row) => rows.set(`${row.key}@${row.beganAt}`, row),
    mark: (row) => marks.set(row.key, row),
    unmark: (key) => marks.set(key, key),
    forgetBefore: (instant) => rows.set("forget", instant),
  };
}

/** A number is the instant before which everything is forgotten. */
function createFindingWriter(connection: Connection): (row: FindingRow | number) => void {
  const update = connection.prepare(
    `UPDATE health_history SET severity = ?, title = ?, description = ?, ended_at = ?
     WHERE finding_key = ? AND began_at = ?`,
  );
  const insert = connection.prepare(
    `INSERT INTO health_history (severity, title, description, ended_at, finding_key, began_at, check_id, node_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const forget = connection.prepare(
    "DELETE FROM health_history WHERE id IN (SELECT id FROM health_history WHERE ended_at < ? ORDER BY id LIMIT 1000)",
  );
  return (row) => {
    if (typeof row === "number") return void forget.run(row / 1000);
    const { key, checkId, nodeId = null, severity, title, description, beganAt, endedAt } = row;
    const ended = endedAt === undefined ? null : endedAt / 1000;
    const values = [severity, title, description, ended, key, beganAt / 1000] as const;
    if (update.run(...values).changes === 0) insert.run(...values, checkId, nodeId);
  };
}

/** A text is the key of a mark that is taken back. */
function createMarkWriter(connection: Connection): (mark: MarkRow | string) => void {
  const upsert = connection.prepare(
    `INSERT INTO health_marks (finding_key, kind, until, marked_at, note) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (finding_key) DO UPDATE SET kind = excluded.kind, until = excluded.until,
       marked_at = excluded.marked_at, note = excluded.note`,
  );
  const remove = connection.prepare("DELETE FROM health_marks WHERE finding_key = ?");
  return (mark) => {
    if (typeof mark === "string") return void remove.run(mark);
    const until = mark.until === undefined ? null : mark.until / 1000;
    upsert.run(mark.key, mark.kind, until, mark.markedAt / 1000, mark.note ?? null);
  };
}

interface StoredFinding {
  readonly finding_key: string;
  readonly check_id: string;
  readonly node_id: string | null;
  readonly severity: string;
  readonly title: string;
  readonly description: string;
  readonly began_at: number;
  readonly ended_at: number | null;
}

const findingRowOf = (row: StoredFinding): FindingRow => ({
  key: row.finding_key,
  checkId: row.check_id,
  nodeId: row.node_id ?? undefined,
  severity: row.severity,
  title: row.title,
  description: row.description,
  beganAt: Math.round(row.began_at * 1000),
  endedAt: row.ended_at === null ? undefined : Math.round(row.ended_at * 1000),
});

interface StoredMark {
  readonly finding_key: string;
  readonly kind: string;
  readonly until: number | null;
  readonly marked_at: number;
  readonly note: string | null;
}

const markRowOf = (row: StoredMark): MarkRow => ({
  key: row.finding_key,
  kind: row.kind,
  until: row.until === null ? undefined : Math.round(row.until * 1000),
  markedAt: Math.round(row.marked_at * 1000),
  note: row.note ?? undefined,
});
