import type { FleetStatus, QueueView } from "@herd/shared";
import { type Cell, type Column, countOf, cutText, harmlessText, table } from "@herd/shared/terminal";
import type { Page } from "../frame/shell.ts";
import { nodeColumns, nodeRow } from "./node-row.ts";

/** The fleet as text: a line about all, the machines, the lanes that are or were in use, and what is odd. */
export function statusText(status: FleetStatus, page: Page): string {
  const { nodes, queues } = status;
  const lanes = Object.values(queues);
  if (nodes.length === 0) return summaryLine(status, page) + noMachineLines(page) + findingLines(status, page);
  const rows = nodes.map((node) => nodeRow(node, loadOf(lanes.filter((lane) => lane.node_id === node.node_id))));
  return [
    summaryLine(status, page),
    `\n${table({ columns: nodeColumns, rows, ...page })}`,
    laneTable(lanes, page),
    findingLines(status, page),
  ].join("");
}

function summaryLine({ fleet }: FleetStatus, { paint }: Page): string {
  const waiting = fleet.requests_waiting > 0 ? "warning" : undefined;
  const held = fleet.requests_held > 0 ? "warning" : undefined;
  const requests = [
    `${fleet.requests_active} running`,
    paint(`${fleet.requests_waiting} waiting`, waiting),
    paint(`${fleet.requests_held} held until a machine can take them`, held),
  ];
  const machines = paint(`${fleet.nodes_online} of ${fleet.nodes_total} machines online`, "strong");
  return `${machines} · ${countOf(fleet.models_loaded, "model")} in memory · requests: ${
    fleet.requests_held > 0 ? requests.join(", ") : requests.slice(0, 2).join(", ")
  }\n`;
}

const noMachineLines = ({ url, typed }: Page): string =>
  typed(
    `No machine has joined yet. On the router's machine: herd up. On any other:\nherd-node --router-url ${url.replace(/\/\/(127\.0\.0\.1|localhost|\[::1\])/, "//ROUTER")}\n`,
  );

/** What goes on in these lanes together. */
export const loadOf = (lanes: readonly QueueView[]) => ({
  running: lanes.reduce((sum, lane) => sum + lane.in_flight, 0),
  waiting: lanes.reduce((sum, lane) => sum + lane.pending, 0),
});

const laneColumns: readonly Column[] = [
  { title: "MODEL", least: 12 },
  { title: "ON", least: 8 },
  { title: "RUNNING", side: "right" },
  { title: "WAITING", side: "right" },
  { title: "DONE", side: "right", goesAt: 2 },
  { title: "FAILED", side: "right" },
  { title: "MEAN TIME", side: "right", goesAt: 1 },
];

const MOST_LANES = 20;

/** Lanes with somebody in them first, then the most used ones. */
function laneTable(lanes: readonly QueueView[], page: Page): string {
  const used = lanes
    .filter((lane) => usesOf(lane) > 0)
    .toSorted(
      (one, other) => other.pending - one.pending || other.in_flight - one.in_flight || usesOf(other) - usesOf(one),
    );
  if (used.length === 0) return "";
  const more = used.length - MOST_LANES;
  const rest = more > 0 ? `and ${more} more, all of them: herd status --json\n` : "";
  return `\n${table({ columns: laneColumns, rows: used.slice(0, MOST_LANES).map(laneRow), ...page })}${rest}`;
}

const usesOf = (lane: QueueView): number => lane.completed + lane.failed + lane.in_flight + lane.pending;

function laneRow(lane: QueueView): readonly Cell[] {
  return [
    lane.simulated === true ? { text: lane.model, tone: "quiet" } : lane.model,
    lane.node_id,
    `${lane.in_flight} of ${lane.concurrency}`,
    { text: String(lane.pending), tone: lane.pending > 0 ? "warning" : undefined },
    String(lane.completed),
    { text: String(lane.failed), tone: lane.failed > 0 ? "bad" : undefined },
    lane.stats_samples === 0 ? "-" : `${(lane.avg_latency_ms / 1000).toFixed(2)} s`,
  ];
}

/** What is odd, each with what to do about it. */
function findingLines({ fleet, nodes }: FleetStatus, { paint, width, typed }: Page): string {
  const ofRouter = (fleet.findings ?? []).map((finding) => ({ about: "the router", ...finding }));
  const ofNodes = nodes.flatMap((node) => node.findings.map((finding) => ({ about: node.node_id, ...finding })));
  const lines = [...ofRouter, ...ofNodes].flatMap(({ about, text, fix }) => {
    const who = cutText(harmlessText(about), Math.max(12, width - 40));
    return [`${paint("!", "warning")} ${who}: ${harmlessText(text)}`, `  Fix: ${harmlessText(typed(fix))}`];
  });
  return lines.length === 0 ? "" : `\n${lines.join("\n")}\n`;
}
