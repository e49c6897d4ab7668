import { chipText } from "../../fleet/chip-text.ts";
import { nodeStateOf } from "../../fleet/node-state.ts";
import { Findings } from "./findings.tsx";
import { NodeFooter, type NodeFooterProps } from "./node-footer.tsx";
import { NodeLine } from "./node-line.tsx";
import { NodeMeters } from "./node-meters.tsx";
import { NodeModels } from "./node-models.tsx";
import { SimulatedBadge } from "./simulated-badge.tsx";
import { StateBadge } from "./state-badge.tsx";

/** What a card shows, and how much of it at first sight. */
export interface NodeCardProps extends NodeFooterProps {
  /** One of many: the models wait behind a click, the lower part is short. */
  readonly isCompact: boolean;
}

/** Everything about one node. What an offline node last said about its load is no longer true, so it is left out. */
export function NodeCard({ node, receivedAt, now, isCompact }: NodeCardProps) {
  const state = nodeStateOf(node);
  const Foot = isCompact ? NodeLine : NodeFooter;
  return (
    <article class={`card node is-${state}`} aria-label={node.node_id}>
      <header class="node-header">
        <h3>{node.node_id}</h3>
        <StateBadge state={state} />
        {node.simulated === true && <SimulatedBadge />}
        {node.is_draining && state !== "draining" && <StateBadge state="draining" />}
        <p class="chip">{chipText(node.hardware)}</p>
      </header>
      <Findings node={node} />
      {state !== "offline" && <NodeMeters node={node} />}
      <NodeModels node={node} isCompact={isCompact} />
      <Foot node={node} receivedAt={receivedAt} now={now} />
    </article>
  );
}
