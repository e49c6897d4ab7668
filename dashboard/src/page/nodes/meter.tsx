import { Bar, type BarTone } from "../bar.tsx";

/** What a meter shows. */
export interface MeterProps {
  readonly label: string;
  /** Whose reading it is, for a screen reader. */
  readonly owner: string;
  /** 0–100; undefined without a reading. */
  readonly percent: number | undefined;
  /** The reading in words. */
  readonly text: string;
  readonly tone?: BarTone;
}

/**
 * A reading as a bar with its words beside it. Browsers draw `<meter>` each in its own way, so that element is there for
 * screen readers only.
 */
export function Meter({ label, owner, percent, text, tone = "usual" }: MeterProps) {
  return (
    <div class="meter-row">
      <span class="meter-label">{label}</span>
      {percent === undefined ? <span class="bar" /> : <Bar percent={percent} tone={tone} />}
      <span class="meter-text">{text}</span>
      {percent !== undefined && (
        <meter class="visually-hidden" min={0} max={100} value={percent} aria-label={`${label} of ${owner}`} />
      )}
    </div>
  );
}
