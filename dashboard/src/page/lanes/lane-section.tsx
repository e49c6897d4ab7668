import type { FleetStatus } from "@herd/shared";
import { useSignal } from "@preact/signals";
import { isIdle, sortLanes } from "../../fleet/sort-lanes.ts";
import { counted } from "../../text/amounts.ts";
import { LaneTable } from "./lane-table.tsx";

/** Up to so many lanes are all shown; of more, the idle ones wait behind a button. */
const MOST_SHOWN = 12;

/** All lanes, those with work first. */
export function LaneSection({ queues }: { readonly queues: FleetStatus["queues"] }) {
  const isOpen = useSignal(false);
  const lanes = sortLanes(queues);
  const busy = lanes.filter((lane) => !isIdle(lane));
  const atFirst = lanes.slice(0, Math.max(busy.length, MOST_SHOWN));
  const hidden = lanes.length - atFirst.length;
  return (
    <section aria-labelledby="lanes">
      <div class="section-header">
        <h2 id="lanes">Lanes</h2>
        <p class="section-note">A lane is one model on one node. Done and failed count since the router started.</p>
      </div>
      {lanes.length === 0 ? (
        <p class="panel">No lane yet. It appears with the first request for a model.</p>
      ) : (
        <LaneTable lanes={isOpen.value ? lanes : atFirst} />
      )}
      {hidden > 0 && (
        <button
          type="button"
          class="more"
          aria-expanded={isOpen.value}
          onClick={() => {
            isOpen.value = !isOpen.value;
          }}
        >
          {isOpen.value ? "Show fewer lanes" : `Show ${counted(hidden, "more idle lane")}`}
        </button>
      )}
    </section>
  );
}
