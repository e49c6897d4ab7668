import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TraceView } from "@herd/shared";
import Database from "better-sqlite3";
import { readOwnMachine } from "../../http/own-machine.ts";
import { createRootLogger } from "../../log/create-logs.ts";
import { LiveSettings } from "../../settings/live/live-settings.ts";
import { readSettings } from "../../settings/read.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import { createRecentTraces } from "../../traces/queries/recent-traces.ts";
import { type Assembly, assemble } from "../assemble.ts";
import { listen } from "../listen.ts";
import { addRoutes } from "../routes.ts";
import { createServerParts } from "../server-parts.ts";
import { stopGracefully } from "../stop.ts";
import { type ScriptedNode, startScriptedNode } from "./scripted-node.ts";

/** A whole router on a loopback port, with a data folder of its own. */
export interface TestRouter {
  readonly url: string;
  readonly port: number;
  readonly assembly: Assembly;
  /** Lines of WARNING and above; all where the router was started with DEBUG. */
  readonly logLines: readonly string[];
  /** A node joins, or reports again: a scripted Ollama on this machine. */
  readonly join: (node: ScriptedNode, report?: NodeReport) => Promise<void>;
  /** Starts a scripted node, which is ended with the router, and lets it join. */
  readonly addNode: (answer?: ScriptedNode["answer"], report?: NodeReport) => Promise<ScriptedNode>;
  /** The stored rows, newest first. */
  readonly traces: () => readonly TraceView[];
  readonly stop: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What a node tells of itself. */
export interface NodeReport {
  readonly id?: string;
  /** Names on disk. */
  readonly models?: readonly string[];
  /** Names in memory; all when left out. */
  readonly loaded?: readonly string[];
  readonly slots?: number;
  readonly isReachable?: boolean;
  readonly drains?: boolean;
  /** Context of every model in memory, tokens. */
  readonly context?: number;
  /** What every model can do. */
  readonly capabilities?: readonly string[];
  readonly version?: string;
  /** Points in favour of this one: less memory is free on the others. */
  readonly freeGb?: number;
}

/** Starts a router with these settings in place of the usual ones. */
export async function startTestRouter(
  settings: Partial<RouterSettings> = {},
  level: "DEBUG" | "WARNING" = "WARNING",
): Promise<TestRouter> {
  const folder = mkdtempSync(join(tmpdir(), "herd-composition-"));
  const usual = readSettings({ flags: {}, env: {}, homeDir: folder }).values;
  const own = { dataDir: folder, port: 0, host: "127.0.0.1", startGraceS: 0, traceFlushMs: 10 };
  const values: RouterSettings = { ...usual, ...own, ...settings };
  const logLines: string[] = [];
  const log = createRootLogger([{ level, write: (line) => logLines.push(line) }], Date.now);
  const writeLine = level === "DEBUG" ? (line: string) => void logLines.push(line) : undefined;
  const now = (): number => performance.now();
  const machine = readOwnMachine(now);
  const live = new LiveSettings({ values });
  const assembly = assemble({ live, log, writeLine, machine, now });
  const { server } = createServerParts({ settings: live.values, machine, now, log: log.child({ logger: "http" }) });
  const dashboardDirectory = join(folder, "no-dashboard");
  await addRoutes(server, { ...assembly, settings: live.values, dashboardDirectory, nextChange: assembly.news.next });
  const stop = stopGracefully({ ...assembly, server, drainMs: () => live.values.drainTimeoutS * 1000 });
  const { port } = await listen(server, values, () => stop.now());
  const url = `http://127.0.0.1:${port}`;
  const nodes: ScriptedNode[] = [];
  const router: TestRouter = {
    url,
    port,
    assembly,
    logLines,
    join: (node, report) => sendHeartbeat(url, heartbeatOf(node, report)),
    addNode: async (answer, report) => {
      const node = await startScriptedNode(answer);
      nodes.push(node);
      await router.join(node, { id: `node-${nodes.length}`, ...report });
      return node;
    },
    traces: () => readTraces(join(values.dataDir, "latency.db")),
    stop: stop.gracefully,
    close: async () => {
      stop.now();
      await stop.gracefully();
      await Promise.all(nodes.map((node) => node.kill()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return router;
}

function readTraces(path: string): readonly TraceView[] {
  const connection = new Database(path, { readonly: true });
  try {
    return createRecentTraces(connection)({ limit: 100 });
  } finally {
    connection.close();
  }
}

async function sendHeartbeat(url: string, heartbeat: object): Promise<void> {
  const response = await fetch(`${url}/heartbeat`, { method: "POST", body: JSON.stringify(heartbeat) });
  if (!response.ok) throw new Error(`the heartbeat was refused: ${await response.text()}`);
}

function heartbeatOf({ port }: ScriptedNode, report: NodeReport = {}): object {
  const { id = "node-1", models = ["m"], slots, isReachable = true, drains = false, freeGb = 24 } = report;
  const { context = 4096, version = "0.24.0", capabilities } = report;
  if (drains) return { node_id: id, draining: true };
  const names = models.map((name) => (name.includes(":") ? name : `${name}:latest`));
  const loaded = report.loaded?.map((name) => (name.includes(":") ? name : `${name}:latest`)) ?? names;
  return {
    node_id: id,
    ollama_host: `http://127.0.0.1:${port}`,
    cpu: { cores_physical: 8, utilization_pct: 5 },
    memory: { total_gb: 32, used_gb: 32 - freeGb, available_gb: freeGb },
    ollama: {
      models_loaded: isReachable ? loaded.map((name) => ({ name, size_gb: 4, context_length: context })) : [],
      models_available: names,
      models_available_sizes: Object.fromEntries(names.map((name) => [name, 4])),
      reachable: isReachable,
      version,
      ...(capabilities === undefined
        ? {}
        : { models_available_meta: Object.fromEntries(names.map((name) => [name, { capabilities }])) }),
      ...(slots === undefined ? {} : { num_parallel: slots }),
    },
  };
}
