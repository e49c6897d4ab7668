import type { FleetStatus } from "@herd/shared";
import { fleetTotalsOf } from "../fleet/fleet-totals.ts";
import { countText } from "../text/amounts.ts";

interface TotalProps {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  readonly isBad?: boolean;
}

/** The fleet in a row of numbers. */
export function Totals({ status }: { readonly status: FleetStatus }) {
  const totals = fleetTotalsOf(status);
  return (
    <section aria-label="Fleet totals">
      <dl class="totals">
        <Total
          label="Nodes online"
          value={`${totals.online}`}
          note={`of ${totals.nodes}`}
          isBad={totals.online < totals.nodes}
        />
        <Total label="Models" value={countText(totals.modelsLoaded)} note="in memory" />
        <Total label="In flight" value={countText(totals.running)} note="requests" />
        <Total label="Waiting" value={countText(totals.waiting)} note="in lanes" />
        <Total label="Held" value={countText(totals.held)} note="no node fits" isBad={totals.held > 0} />
        <Total label="Done" value={countText(totals.done)} note="since start" />
        <Total label="Failed" value={countText(totals.failed)} note="since start" isBad={totals.failed > 0} />
      </dl>
    </section>
  );
}

function Total({ label, value, note, isBad = false }: TotalProps) {
  return (
    <div class={isBad ? "total is-notable" : "total"}>
      <dt>{label}</dt>
      <dd>
        <span class="total-value">{value}</span>
        <span class="total-note">{note}</span>
      </dd>
    </div>
  );
}
