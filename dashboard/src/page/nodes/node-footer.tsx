import type { FleetNodeView } from "@herd/shared";
import type { ReadonlySignal } from "@preact/signals";
import { agentText, backendName, hasTrouble, reachText, stateText } from "../../fleet/reach-text.ts";
import { Age } from "../age.tsx";

/** What the lower part of a card needs. */
export interface NodeFooterProps {
  readonly node: FleetNodeView;
  /** When the router told it, Unix epoch ms. */
  readonly receivedAt: number;
  readonly now: ReadonlySignal<number>;
}

/** When the node was last heard, how it is reached, its backends and its agent. */
export function NodeFooter({ node, receivedAt, now }: NodeFooterProps) {
  const isOffline = node.status === "offline";
  return (
    <dl class="node-footer">
      <div>
        <dt>Last heartbeat</dt>
        <dd>
          <HeartbeatAge node={node} receivedAt={receivedAt} now={now} />
        </dd>
      </div>
      <div>
        <dt>Reached</dt>
        <dd>{reachText(node)}</dd>
      </div>
      {node.backends.map((backend) => (
        <div key={backend.path}>
          <dt>{backendName(backend)}</dt>
          <dd class={hasTrouble(backend) && !isOffline ? "is-bad" : undefined}>{stateText(backend, isOffline)}</dd>
        </div>
      ))}
      <div>
        <dt>Agent</dt>
        <dd>{agentText(node)}</dd>
      </div>
    </dl>
  );
}

/** When the node was last heard, in words that count on. */
export function HeartbeatAge({ node, receivedAt, now }: NodeFooterProps) {
  const age = node.last_heartbeat_ago_s;
  if (age === null) return <>none since the router started</>;
  return <Age seconds={age} receivedAt={receivedAt} now={now} />;
}
