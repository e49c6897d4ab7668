/** What an operator said about findings: known (acknowledged), or to be told again later (put off). */
import type { FindingKey } from "../finding-key.ts";

/** What somebody said about one finding. Instants are Unix epoch ms. */
export interface Mark {
  /**
   * An acknowledgement holds until the finding is over; a snooze until its time, also while the finding comes and goes.
   * Neither holds for what has got worse: as in Alertmanager, another severity is another alert.
   */
  readonly kind: "acknowledged" | "snoozed";
  /** Of a snooze. */
  readonly until: number | undefined;
  readonly markedAt: number;
  readonly note: string | undefined;
}

export type Marks = ReadonlyMap<FindingKey, Mark>;

/** The mark of a finding that still holds. */
export function markOf(marks: Marks, key: FindingKey, now: number): Mark | undefined {
  const mark = marks.get(key);
  return mark === undefined || (mark.until !== undefined && mark.until <= now) ? undefined : mark;
}
