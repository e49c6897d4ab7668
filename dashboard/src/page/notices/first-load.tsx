/** What stands on the page until the first answer. */
export function FirstLoad() {
  return (
    <section aria-label="Loading">
      <p class="panel guide">Asking the router for the fleet …</p>
      <div class="cards" aria-hidden="true">
        <div class="card is-placeholder" />
        <div class="card is-placeholder" />
        <div class="card is-placeholder" />
      </div>
    </section>
  );
}
