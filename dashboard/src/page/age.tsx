import type { ReadonlySignal } from "@preact/signals";
import { agoText } from "../text/ages.ts";

/** How long ago something was, counting on between two answers of the router. */
export interface AgeProps {
  /** Seconds when the answer came. */
  readonly seconds: number;
  /** When the answer came, Unix epoch ms. */
  readonly receivedAt: number;
  readonly now: ReadonlySignal<number>;
}

/** Reads the clock itself, so that a tick draws this text anew and nothing around it. */
export function Age({ seconds, receivedAt, now }: AgeProps) {
  const waited = Math.max(0, now.value - receivedAt) / 1000;
  return <>{agoText(seconds + waited)}</>;
}
