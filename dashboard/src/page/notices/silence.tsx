import type { ReadonlySignal } from "@preact/signals";
import type { Silence } from "../../feed/fleet-knowledge.ts";
import { durationText, timeOfDay } from "../../text/ages.ts";

/** What is said while the router does not answer. */
export interface SilenceProps {
  readonly silence: Silence;
  readonly now: ReadonlySignal<number>;
  readonly onRetry: () => void;
}

/** Above a fleet that is no longer new: since when, why, and when it is tried again. */
export function SilenceBanner({ silence, now, onRetry }: SilenceProps) {
  return (
    <section class="banner" aria-label="Connection">
      <p>
        <strong>No news from the router since {timeOfDay(silence.since)}.</strong> Below is the fleet as it was then.
      </p>
      <Retry silence={silence} now={now} onRetry={onRetry} />
    </section>
  );
}

/** In place of the fleet, when it was never seen. */
export function SilencePanel({ silence, now, onRetry }: SilenceProps) {
  return (
    <section class="panel guide" aria-labelledby="no-answer">
      <h2 id="no-answer">No news from the router</h2>
      <p>Tried since {timeOfDay(silence.since)}.</p>
      <Retry silence={silence} now={now} onRetry={onRetry} />
    </section>
  );
}

function Retry({ silence, now, onRetry }: SilenceProps) {
  const seconds = Math.ceil((silence.nextTryAt - now.value) / 1000);
  return (
    <div class="retry">
      <span>
        Reason: {silence.reason}. {seconds > 0 ? `Next try in ${durationText(seconds)}.` : "Trying now …"}
      </span>
      <button type="button" onClick={onRetry}>
        Try now
      </button>
    </div>
  );
}
