import type { FleetSnapshot, NodeStatus } from "../../domain/fleet-snapshot.ts";
import type { UseCell } from "../../health/facts/request-facts.ts";
import type { TrafficFacts } from "../../health/facts/traffic-facts.ts";

/** What the vitals are made of. */
export interface VitalSources {
  readonly fleet: FleetSnapshot;
  readonly traffic: TrafficFacts;
  readonly score: number;
  /** How long the run of all checks took, ms. */
  readonly runMs: number;
}

/** The predecessor's numbers about the fleet and its last day, under its names. */
export function vitalsOf({ fleet, traffic, score, runMs }: VitalSources): Readonly<Record<string, number | null>> {
  const count = (status: NodeStatus): number => fleet.nodes.filter((node) => node.status === status).length;
  return {
    nodes_total: fleet.nodes.length,
    nodes_online: count("online"),
    nodes_degraded: count("degraded"),
    nodes_offline: count("offline"),
    ...useVitals(traffic.uses ?? []),
    health_score: score,
    check_run_ms: Math.round(runMs * 10) / 10,
  };
}

function useVitals(uses: readonly UseCell[]): Readonly<Record<string, number | null>> {
  const sum = (pick: (use: UseCell["day"]) => number, among: readonly UseCell[] = uses): number =>
    among.reduce((total, { day }) => total + pick(day), 0);
  const ofKind = (kind: string): number =>
    sum(
      ({ requests }) => requests,
      uses.filter((use) => use.kind === kind),
    );
  const requests = sum((use) => use.requests);
  const failed = sum((use) => use.failed + use.incomplete + use.noOutput);
  const firstTokens = sum((use) => use.ttftCount);
  return {
    overall_error_rate_pct: requests === 0 ? 0 : Math.round((failed / requests) * 10_000) / 100,
    cold_loads_24h: sum((use) => use.coldLoads),
    avg_ttft_ms: firstTokens === 0 ? null : Math.round((sum((use) => use.ttftMs) / firstTokens) * 10) / 10,
    total_requests_24h: requests,
    total_retries_24h: sum((use) => use.retries),
    client_disconnects_24h: sum((use) => use.disconnected),
    incomplete_streams_24h: sum((use) => use.incomplete),
    image_generations_24h: ofKind("image"),
    transcriptions_24h: ofKind("transcribe"),
  };
}
