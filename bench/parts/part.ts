import type { Findings } from "../report/findings.ts";

/** How much is measured. */
export interface Plan {
  /** A few seconds a part: that everything works, not how fast it is. */
  readonly isShort: boolean;
  /** `start-up` also clones the checkout and starts it for the first time. */
  readonly isFull: boolean;
  /** Length of `soak`, minutes. */
  readonly minutes: number;
  /** Tells somebody who watches how far it is. */
  readonly say: (line: string) => void;
}

/** One part of the bench. */
export interface Part {
  readonly name: string;
  /** For its section of the results page. */
  readonly title: string;
  /** Programs that it cannot do without. */
  readonly programs: readonly string[];
  /** Only runs when it is named: it takes long. */
  readonly isLong: boolean;
  readonly measure: (plan: Plan) => Promise<Findings>;
}
