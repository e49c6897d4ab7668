import type { Heartbeat } from "@herd/shared";
import type { Connection } from "./connection.ts";
import { parseJson } from "./parse-json.ts";
import type { Flusher } from "./writing/flusher.ts";
import { createKeyedRows } from "./writing/keyed-rows.ts";

/** A node as its last accepted heartbeat left it. Instants are Unix epoch ms. */
export interface NodeToStore {
  readonly nodeId: string;
  /** undefined for an agent of the predecessor. */
  readonly publicKey: string | undefined;
  readonly address: string;
  readonly isLegacy: boolean;
  /** Time of the last accepted signed heartbeat; undefined when none was signed. */
  readonly lastTime: number | undefined;
  readonly lastSeen: number;
  readonly heartbeat: Heartbeat;
  /** What the router collected about its models beyond the last heartbeat; any JSON value. */
  readonly inventory: unknown;
}

/** A node as read back. What was JSON is as it was stored, by this version or another: read it as outside input. */
export interface StoredNode extends Omit<NodeToStore, "heartbeat"> {
  readonly firstSeen: number;
  /** undefined when none was stored or it cannot be read. */
  readonly heartbeat: unknown;
}

/** The stored node list. */
export interface NodeStore {
  /** All nodes, by id. */
  load(): readonly StoredNode[];
  /** Takes every accepted heartbeat; on disk within 2 s. The report itself is written anew once a minute, or when its models changed. */
  save(node: NodeToStore): void;
  remove(nodeId: string): void;
}

export interface NodeStoreDependencies {
  readonly connection: Connection;
  readonly flusher: Pick<Flusher, "add" | "wake">;
}

const WRITE_WITHIN_MS = 2000;
const REPORT_EVERY_MS = 60_000;

type Change = { readonly kind: "save"; readonly node: NodeToStore; readonly hasReport: boolean } | Removal;
interface Removal {
  readonly kind: "remove";
  readonly nodeId: string;
}

/** The table `nodes`, and `node_reports` beside it. */
export function createNodeStore({ connection, flusher }: NodeStoreDependencies): NodeStore {
  const reports = createReportClock();
  const changes = createKeyedRows({
    name: "nodes",
    flusher,
    withinMs: WRITE_WITHIN_MS,
    write: createChangeWriter(connection),
  });
  const read = connection.prepare<[], NodeRow>(
    `SELECT nodes.*, heartbeat, inventory FROM nodes LEFT JOIN node_reports USING (node_id) ORDER BY node_id`,
  );
  return {
    load: () => read.all().map(storedNode),
    save: (node) => {
      const waiting = changes.get(node.nodeId);
      const isReportWaiting = waiting?.kind === "save" && waiting.hasReport;
      const hasReport = reports.isDue(node) || isReportWaiting;
      changes.set(node.nodeId, { kind: "save", node, hasReport });
    },
    remove: (nodeId) => {
      reports.forget(nodeId);
      changes.set(nodeId, { kind: "remove", nodeId });
    },
  };
}

/** Decides which heartbeats are worth their bytes. */
function createReportClock() {
  const last = new Map<string, { readonly at: number; readonly models: string }>();
  return {
    /** Claims are remembered: ask once per heartbeat. */
    isDue: ({ nodeId, lastSeen, heartbeat }: NodeToStore): boolean => {
      const models = modelsOf(heartbeat);
      const previous = last.get(nodeId);
      if (previous?.models === models && lastSeen - previous.at < REPORT_EVERY_MS) return false;
      last.set(nodeId, { at: lastSeen, models });
      return true;
    },
    forget: (nodeId: string): void => void last.delete(nodeId),
  };
}

/** Equal texts, equal models. */
const modelsOf = ({ ollama, backends }: Heartbeat): string =>
  JSON.stringify([ollama.models_available, backends?.map((backend) => backend.models)]);

function createChangeWriter(connection: Connection): (change: Change) => void {
  const upsertNode = connection.prepare(
    `INSERT INTO nodes (node_id, public_key, address, last_time, first_seen, last_seen, is_legacy)
     VALUES (@nodeId, @publicKey, @address, @lastTime, @lastSeen / 1000.0, @lastSeen / 1000.0, @isLegacy)
     ON CONFLICT (node_id) DO UPDATE SET public_key = excluded.public_key, address = excluded.address,
       last_time = excluded.last_time, last_seen = excluded.last_seen, is_legacy = excluded.is_legacy`,
  );
  const upsertReport = connection.prepare(
    `INSERT INTO node_reports (node_id, heartbeat, inventory, saved_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (node_id) DO UPDATE SET heartbeat = excluded.heartbeat, inventory = excluded.inventory,
       saved_at = excluded.saved_at`,
  );
  const removeNode = connection.prepare("DELETE FROM nodes WHERE node_id = ?");
  return (change) => {
    if (change.kind === "remove") return void removeNode.run(change.nodeId);
    const { node, hasReport } = change;
    const { nodeId, publicKey = null, address, lastTime = null, lastSeen, isLegacy } = node;
    upsertNode.run({ nodeId, publicKey, address, lastTime, lastSeen, isLegacy: isLegacy ? 1 : 0 });
    if (!hasReport) return;
    upsertReport.run(nodeId, JSON.stringify(node.heartbeat), JSON.stringify(node.inventory ?? null), lastSeen / 1000);
  };
}

interface NodeRow {
  readonly node_id: string;
  readonly public_key: string | null;
  readonly address: string;
  readonly last_time: number | null;
  readonly first_seen: number;
  readonly last_seen: number;
  readonly is_legacy: number;
  readonly heartbeat: string | null;
  readonly inventory: string | null;
}

const storedNode = (row: NodeRow): StoredNode => ({
  nodeId: row.node_id,
  publicKey: row.public_key ?? undefined,
  address: row.address,
  isLegacy: row.is_legacy === 1,
  lastTime: row.last_time ?? undefined,
  firstSeen: Math.round(row.first_seen * 1000),
  lastSeen: Math.round(row.last_seen * 1000),
  heartbeat: parseJson(row.heartbeat),
  inventory: parseJson(row.inventory),
});
