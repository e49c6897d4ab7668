import type { Family } from "./family.ts";

/** A node's power now, and what it took since the router started. */
export interface NodeMeterReading {
  readonly nodeId: string;
  readonly watts: number;
  readonly isEstimated: boolean;
  readonly joulesMeasured: number;
  readonly joulesEstimated: number;
}

/** Power and energy of whole nodes. */
export function energyFamilies(nodes: readonly NodeMeterReading[]): readonly Family[] {
  return [
    {
      kind: "gauge",
      name: "herd.node.power",
      unit: "W",
      help: "Power that a node takes now, measured or estimated by its hardware.",
      points: nodes.map(({ nodeId, watts, isEstimated }) => ({
        labels: { node: nodeId, estimated: String(isEstimated) },
        value: watts,
      })),
    },
    {
      kind: "counter",
      name: "herd.node.energy",
      unit: "J",
      help: "Energy that a node took since the router started, idle time included.",
      points: nodes.flatMap(({ nodeId, joulesMeasured, joulesEstimated }) => [
        { labels: { node: nodeId, estimated: "false" }, value: joulesMeasured },
        { labels: { node: nodeId, estimated: "true" }, value: joulesEstimated },
      ]),
    },
  ];
}
