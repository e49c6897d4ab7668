/** How a bar is coloured. */
export type BarTone = "usual" | "warn" | "critical";

/** What a bar shows. */
export interface BarProps {
  /** 0–100. */
  readonly percent: number;
  readonly tone?: BarTone;
}

/** A share as a drawing alone: what it says must also stand in words beside it. */
export function Bar({ percent, tone = "usual" }: BarProps) {
  return (
    <span class={`bar is-${tone}`} aria-hidden="true">
      <span class="bar-fill" style={{ width: `${percent}%` }} />
    </span>
  );
}
