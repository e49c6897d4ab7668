import type { Connection } from "../../storage/connection.ts";

/** Which past findings are wanted. */
export interface HealthHistoryQuestion {
  /** Unix epoch ms: those that began later, or had not ended by then. */
  readonly since: number;
  /** As in the answers, for example `node_offline`; undefined for all. */
  readonly checkId: string | undefined;
  readonly limit: number;
}

/** One time that a finding stood. Instants are Unix epoch seconds. */
export interface HealthHistoryRow {
  readonly key: string;
  readonly check_id: string;
  readonly node_id: string | null;
  readonly severity: string;
  readonly title: string;
  readonly description: string;
  readonly began_at: number;
  /** null while it stands. */
  readonly ended_at: number | null;
}

const COLUMNS = "finding_key AS key, check_id, node_id, severity, title, description, began_at, ended_at";

/** When findings began and ended, the newest beginning first. */
export function createHealthHistory(connection: Connection) {
  const read = connection.prepare<[number, number, string | null, string | null, number], HealthHistoryRow>(
    `SELECT ${COLUMNS} FROM health_history
     WHERE (began_at >= ? OR ended_at >= ? OR ended_at IS NULL) AND (? IS NULL OR check_id = ?)
     ORDER BY began_at DESC, id DESC LIMIT ?`,
  );
  return ({ since, checkId = undefined, limit }: HealthHistoryQuestion): readonly HealthHistoryRow[] =>
    read.all(since / 1000, since / 1000, checkId ?? null, checkId ?? null, limit);
}
