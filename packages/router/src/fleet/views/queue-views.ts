import type { FleetQueue, NodeId, QueueView } from "@herd/shared";
import type { Lane } from "../../admission/lane.ts";

/** Every lane as shown, by `<node_id>:<model>`. */
export function queueViewsOf(lanes: readonly Lane[], rules: LaneRules): Record<string, QueueView> {
  return Object.fromEntries(lanes.map((lane) => [lane.key, queueViewOf(lane, rules)]));
}

/** What lanes are shown with. */
export interface LaneRules {
  readonly queueLimit: number;
  /** Whether a node is a machine of the demo; absent: none is. */
  readonly isSimulated?: (node: NodeId) => boolean;
}

function queueViewOf(lane: Lane, { queueLimit, isSimulated }: LaneRules): QueueView {
  const { samples, latencyMs, promptTokens, completionTokens } = lane.sums;
  const mean = (sum: number): number => (samples === 0 ? 0 : Math.round((sum / samples) * 10) / 10);
  return {
    pending: lane.waiting,
    in_flight: lane.inFlight,
    concurrency: Math.max(lane.parallelism.provenLimit(), lane.inFlight, 1),
    model: lane.modelName,
    node_id: lane.nodeId,
    backend: lane.backendId,
    ...(isSimulated?.(lane.nodeId) ? { simulated: true as const } : {}),
    completed: lane.completed,
    failed: lane.failed,
    rejected: lane.rejected,
    max_queue_depth: queueLimit > 0 ? queueLimit : null,
    limit_source: lane.parallelism.source(),
    request_type: "text",
    cache_hit_rate: null,
    warm_hit_rate: null,
    cold_request_pct: null,
    cache_sample_count: null,
    stats_samples: samples,
    avg_latency_ms: mean(latencyMs),
    avg_prompt_tokens: mean(promptTokens),
    avg_completion_tokens: mean(completionTokens),
  };
}

/** What `/fleet/queue` sums up. */
export interface QueueTotals extends LaneRules {
  readonly lanes: readonly Lane[];
  readonly waiting: number;
  readonly held: number;
  readonly inFlight: number;
  readonly nodesOnline: number;
  /** Unix epoch ms. */
  readonly now: number;
}

/** The whole of `/fleet/queue`. */
export function fleetQueueOf(totals: QueueTotals): FleetQueue {
  const { lanes, waiting, held, inFlight } = totals;
  return {
    queue_depth: waiting + held + inFlight,
    pending: waiting,
    held,
    in_flight: inFlight,
    completed: lanes.reduce((sum, lane) => sum + lane.completed, 0),
    failed: lanes.reduce((sum, lane) => sum + lane.failed, 0),
    estimated_wait_ms: estimatedWaitMs(lanes, waiting),
    nodes_online: totals.nodesOnline,
    queues: queueViewsOf(lanes, totals),
    timestamp: totals.now / 1000,
  };
}

/** The mean wait over the lanes where somebody waits, from their measured latency and their slots. */
function estimatedWaitMs(lanes: readonly Lane[], waiting: number): number | null {
  const busy = lanes.filter((lane) => lane.waiting > 0 && lane.sums.samples > 0);
  if (waiting === 0 || busy.length === 0) return null;
  const waits = busy.map(
    (lane) => (lane.waiting * lane.sums.latencyMs) / lane.sums.samples / lane.parallelism.provenLimit(),
  );
  return Math.round(waits.reduce((sum, wait) => sum + wait, 0) / waits.length);
}
