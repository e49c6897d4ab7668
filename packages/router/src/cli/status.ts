import { type FleetNodeView, type FleetStatus, fleetStatus } from "@herd/shared";
import { askRouter } from "./ask-router.ts";
import { table } from "./table.ts";

/** Prints the fleet. Resolves to the exit code. */
export async function status({ url, isJson }: { readonly url: string; readonly isJson: boolean }): Promise<number> {
  const answer = await askRouter(url, "/fleet/status");
  if (answer.kind === "none") {
    process.stderr.write(`herd: ${answer.why}\n`);
    return 1;
  }
  if (isJson) {
    process.stdout.write(`${JSON.stringify(answer.content, undefined, 2)}\n`);
    return 0;
  }
  process.stdout.write(statusText(fleetStatus.parse(answer.content)));
  return 0;
}

/** The fleet as text: nodes, then lanes that were used. */
export function statusText({ fleet, nodes, queues }: FleetStatus): string {
  const summary = `${fleet.nodes_online} of ${fleet.nodes_total} machines online · ${fleet.models_loaded} models loaded · ${fleet.requests_active} running, ${fleet.requests_waiting} waiting, ${fleet.requests_held} held\n`;
  if (nodes.length === 0)
    return `${summary}No machine has joined yet. On each one: herd-node --router-url http://THIS-MACHINE:11435\n`;
  const lanes = Object.values(queues).filter(
    (lane) => lane.completed + lane.failed + lane.in_flight + lane.pending > 0,
  );
  const nodeTable = table(["NODE", "STATE", "MEMORY FREE", "MODELS", "LOADED", "BACKEND", "SEEN"], nodes.map(nodeRow));
  const laneTable = table(
    ["LANE", "RUNNING", "WAITING", "DONE", "FAILED", "MEAN"],
    lanes.map((lane) => [
      `${lane.node_id}:${lane.model}`,
      `${lane.in_flight}/${lane.concurrency}`,
      String(lane.pending),
      String(lane.completed),
      String(lane.failed),
      lane.stats_samples === 0 ? "-" : `${(lane.avg_latency_ms / 1000).toFixed(2)} s`,
    ]),
  );
  const findings = nodes.flatMap((node) =>
    node.findings.map(({ text, fix }) => `! ${node.node_id}: ${text}\n  ${fix}\n`),
  );
  return [summary, "\n", nodeTable, lanes.length === 0 ? "" : `\n${laneTable}`, ...findings].join("");
}

function nodeRow(node: FleetNodeView): readonly string[] {
  const backend = node.backends[0];
  const loaded = node.ollama?.models_loaded.map((model) => model.name).join(", ") ?? "";
  return [
    node.node_id,
    node.is_draining ? "draining" : node.status,
    node.memory === undefined ? "-" : `${node.memory.available_gb} GB`,
    String(backend?.models.length ?? 0),
    loaded === "" ? "-" : loaded,
    backend === undefined ? "-" : `${backend.kind} ${backend.version} ${backend.state}`,
    node.last_heartbeat_ago_s === null ? "not since start" : `${node.last_heartbeat_ago_s} s ago`,
  ];
}
