/** Marks what belongs to the demo, beside its state. */
export function SimulatedBadge() {
  return (
    <span class="badge is-simulated" title="A machine of the demo: no real model answers here">
      Simulated
    </span>
  );
}
