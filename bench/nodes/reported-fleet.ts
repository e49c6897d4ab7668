import type { Identity } from "@herd/shared/link";
import type { NodePlan } from "./heartbeat-body.ts";
import { createSigningNode, readRouterFacts } from "./signing-node.ts";

const EVERY_MS = 5_000;

/** Nodes that report to a router by themselves. */
export interface ReportedFleet {
  /** They fall silent. */
  readonly stop: () => void;
}

/**
 * Reports these nodes to the router on this port, now and every 5 s. Resolves once all have joined. @param identity their
 * key, where the router has known them before; absent: a new one each
 */
export async function reportFleet(
  port: number,
  plans: readonly NodePlan[],
  identity?: Identity,
): Promise<ReportedFleet> {
  const router = await readRouterFacts(port);
  const keyed = identity === undefined ? {} : { identity };
  const nodes = plans.map((plan) => createSigningNode({ router, port, planOf: () => plan, ...keyed }));
  for (const node of nodes) {
    if (!(await node.beat())) throw new Error("the router refused a heartbeat");
  }
  const timer = setInterval(() => {
    for (const node of nodes) void node.beat();
  }, EVERY_MS);
  return { stop: () => clearInterval(timer) };
}
