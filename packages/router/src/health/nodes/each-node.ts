import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { NodeFacts } from "../facts/node-facts.ts";
import type { HealthFacts } from "../facts.ts";

/** A machine with all that is known of it. */
export interface NodeInView {
  readonly node: NodeSnapshot;
  readonly facts: NodeFacts;
}

/** Every machine with its facts, whatever its state. */
export function everyNode({ fleet, nodes }: HealthFacts): readonly NodeInView[] {
  return fleet.nodes.flatMap((node) => {
    const facts = nodes.get(node.nodeId);
    return facts === undefined ? [] : [{ node, facts }];
  });
}

/** Machines that report: what was last heard of the others is history. */
export const reportingNodes = (facts: HealthFacts): readonly NodeInView[] =>
  everyNode(facts).filter(({ node }) => node.status !== "offline");

/** Machines that report, but for the demo's: those are always as they should be. */
export const realReportingNodes = (facts: HealthFacts): readonly NodeInView[] =>
  reportingNodes(facts).filter(({ node }) => !node.isSimulated);
