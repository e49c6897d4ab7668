import { explainState, type NodeState } from "../../fleet/node-state.ts";

const WORDS: Readonly<Record<NodeState, string>> = {
  online: "Online",
  draining: "Draining",
  degraded: "Degraded",
  offline: "Offline",
};

/** Different outlines, so that the states differ without colour too. Drawn in a square of 12. */
const SHAPES: Readonly<Record<NodeState, string>> = {
  online: "M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9z",
  draining: "M2 2.5h8L6 10.5z",
  degraded: "M6 1.5l5 9H1z",
  offline: "M2.2 1l3.8 3.8L9.8 1 11 2.2 7.2 6 11 9.8 9.8 11 6 7.2 2.2 11 1 9.8 4.8 6 1 2.2z",
};

/** The state of a node: a shape, a word and a colour. */
export function StateBadge({ state }: { readonly state: NodeState }) {
  return (
    <span class={`badge is-${state}`} title={explainState(state)}>
      <svg viewBox="0 0 12 12" width="10" height="10" aria-hidden="true">
        <path d={SHAPES[state]} fill="currentColor" />
      </svg>
      {WORDS[state]}
    </span>
  );
}
