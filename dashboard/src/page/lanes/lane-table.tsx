import type { Lane } from "../../fleet/sort-lanes.ts";
import { explainLimit, isIdle } from "../../fleet/sort-lanes.ts";
import { countText, percentOf } from "../../text/amounts.ts";
import { Bar } from "../bar.tsx";

/** Lanes as a table. */
export function LaneTable({ lanes }: { readonly lanes: readonly Lane[] }) {
  return (
    <div class="panel table-panel">
      <table class="lanes">
        <thead>
          <tr>
            <th scope="col">Model and node</th>
            <th scope="col" class="number">
              Waiting
            </th>
            <th scope="col">In flight of limit</th>
            <th scope="col" class="number">
              Done
            </th>
            <th scope="col" class="number">
              Failed
            </th>
          </tr>
        </thead>
        <tbody>
          {lanes.map((lane) => (
            <LaneRow key={lane.key} lane={lane} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LaneRow({ lane }: { readonly lane: Lane }) {
  return (
    <tr class={isIdle(lane) ? "is-idle" : undefined}>
      <th scope="row">
        <span class="model-name">{lane.model}</span>
        <span class="lane-note">{lane.simulated === true ? `${lane.node_id} (simulated)` : lane.node_id}</span>
      </th>
      <td class="number">{countText(lane.pending)}</td>
      <td>
        <Slots lane={lane} />
      </td>
      <td class="number">{countText(lane.completed)}</td>
      <td class="number">
        <span class={lane.failed > 0 ? "is-bad" : undefined}>{countText(lane.failed)}</span>
        {lane.rejected > 0 && <span class="lane-note">{countText(lane.rejected)} turned away</span>}
      </td>
    </tr>
  );
}

/** Requests in flight against the limit, and where that comes from. */
function Slots({ lane }: { readonly lane: Lane }) {
  return (
    <div class="slots">
      <span class="slots-count">
        {lane.in_flight} of {lane.concurrency}
      </span>
      <Bar percent={percentOf(lane.in_flight, lane.concurrency)} />
      <span class="slots-origin" title={explainLimit(lane.limit_source)}>
        limit {lane.limit_source}
      </span>
    </div>
  );
}
