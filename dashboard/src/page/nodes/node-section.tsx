import type { FleetNodeView } from "@herd/shared";
import { type ReadonlySignal, useSignal } from "@preact/signals";
import { matchNodes } from "../../fleet/match-nodes.ts";
import { sortNodes } from "../../fleet/sort-nodes.ts";
import { counted } from "../../text/amounts.ts";
import { NodeCard } from "./node-card.tsx";

/** From so many nodes on there is a search. */
const SEARCH_FROM = 7;
/** From so many nodes on each takes less room. */
const COMPACT_FROM = 13;

/** What the list of nodes needs. */
export interface NodeSectionProps {
  readonly nodes: readonly FleetNodeView[];
  readonly receivedAt: number;
  readonly now: ReadonlySignal<number>;
}

/** All nodes, those in trouble first. */
export function NodeSection({ nodes, receivedAt, now }: NodeSectionProps) {
  const search = useSignal("");
  const shown = sortNodes(matchNodes(nodes, search.value));
  const isCompact = nodes.length >= COMPACT_FROM;
  return (
    <section aria-labelledby="nodes">
      <div class="section-header">
        <h2 id="nodes">Nodes</h2>
        {nodes.length >= SEARCH_FROM && <NodeSearch search={search.value} onSearch={(text) => (search.value = text)} />}
        <p class="section-note" role="status">
          {shown.length === nodes.length ? "" : `${shown.length} of ${counted(nodes.length, "node")}`}
        </p>
      </div>
      <ul class={isCompact ? "cards is-compact" : "cards"}>
        {shown.map((node) => (
          <li key={node.node_id}>
            <NodeCard node={node} receivedAt={receivedAt} now={now} isCompact={isCompact} />
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p class="panel">No node matches “{search.value}”.</p>}
    </section>
  );
}

interface NodeSearchProps {
  readonly search: string;
  readonly onSearch: (text: string) => void;
}

function NodeSearch({ search, onSearch }: NodeSearchProps) {
  return (
    <label class="search">
      Find
      <input
        type="search"
        value={search}
        placeholder="name, state, chip, model"
        onInput={(event) => onSearch(event.currentTarget.value)}
      />
    </label>
  );
}
