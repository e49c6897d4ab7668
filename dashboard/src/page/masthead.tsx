import type { ReadonlySignal } from "@preact/signals";
import type { FleetKnowledge } from "../feed/fleet-knowledge.ts";
import { timeOfDay } from "../text/ages.ts";
import { Age } from "./age.tsx";

/** Twice the time in which news arrive. */
const LATE_AFTER_MS = 4_000;

/** What the head of the page needs. */
export interface MastheadProps {
  /** Host and port under which this browser reached the router. */
  readonly host: string;
  readonly knowledge: FleetKnowledge;
  readonly now: ReadonlySignal<number>;
}

/** The product, the router, and how new the page is. */
export function Masthead({ host, knowledge, now }: MastheadProps) {
  return (
    <header class="masthead">
      <div class="masthead-row">
        <img src="/favicon.svg" width="28" height="28" alt="" />
        <h1>
          Herd <span class="host">{host}</span>
        </h1>
        <Freshness knowledge={knowledge} now={now} />
      </div>
    </header>
  );
}

function Freshness({ knowledge, now }: Pick<MastheadProps, "knowledge" | "now">) {
  switch (knowledge.kind) {
    case "asking":
      return <p class="freshness">Connecting …</p>;
    case "live":
      return (
        <p class="freshness is-live">
          <strong>Live</strong>
          <LateNews receivedAt={knowledge.receivedAt} now={now} />
        </p>
      );
    case "stale":
      return (
        <p class="freshness is-stale">
          <strong>Stale</strong> <span class="freshness-age">since {timeOfDay(knowledge.silence.since)}</span>
        </p>
      );
    case "unreachable":
      return (
        <p class="freshness is-stale">
          <strong>No news</strong>
        </p>
      );
  }
}

/** Says how old the news are once they are late, and keeps quiet while they are not. */
function LateNews({ receivedAt, now }: { readonly receivedAt: number; readonly now: ReadonlySignal<number> }) {
  if (now.value - receivedAt < LATE_AFTER_MS) return null;
  return (
    <span class="freshness-age">
      {" "}
      updated <Age seconds={0} receivedAt={receivedAt} now={now} />
    </span>
  );
}
