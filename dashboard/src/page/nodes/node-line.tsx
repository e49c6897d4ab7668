import { backendText, hasTrouble, reachText } from "../../fleet/reach-text.ts";
import { HeartbeatAge, type NodeFooterProps } from "./node-footer.tsx";

/** The lower part of a card in few words; backends are named only when something is wrong with them. */
export function NodeLine({ node, receivedAt, now }: NodeFooterProps) {
  const troubled = node.status === "offline" ? [] : node.backends.filter(hasTrouble);
  return (
    <div class="node-line">
      {troubled.map((backend) => (
        <p key={backend.path} class="is-bad">
          {backendText(backend)}
        </p>
      ))}
      <p>
        Last heartbeat: <HeartbeatAge node={node} receivedAt={receivedAt} now={now} />
      </p>
      <p>Reached: {reachText(node)}</p>
    </div>
  );
}
