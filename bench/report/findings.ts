/** A name, or a number in the unit of its column's head. */
export type Cell = string | number;

/** One table of numbers. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A bound that was set before anything was measured, and what came out. */
export interface Target {
  /** What is bounded, with its condition. */
  readonly what: string;
  readonly bound: number;
  readonly measured: number;
  readonly unit: string;
  /** `upper`: at most the bound is well; `lower`: at least. */
  readonly side: "upper" | "lower";
}

/** What one part found. */
export interface Findings {
  /** How it was measured, one sentence each. */
  readonly setup: readonly string[];
  readonly tables: readonly Table[];
  readonly targets: readonly Target[];
  /** What a reader must know beside the numbers. */
  readonly notes: readonly string[];
  /** A text to be shown as it is, and the name of a picture that lies beside the page. */
  readonly chart?: { readonly text: string; readonly svg: string; readonly svgName: string };
  /** Requests that did not end as they should, and other broken promises; 0 is well. */
  readonly failures: number;
}

/** Where something was measured. */
export interface Surroundings {
  readonly date: string;
  readonly machine: string;
  readonly system: string;
  readonly versions: string;
  readonly commit: string;
}

/** The findings of a part, with when and where. */
export interface PartResult extends Findings {
  readonly part: string;
  readonly title: string;
  readonly surroundings: Surroundings;
  /** How long it took, s. */
  readonly tookS: number;
  /** The short form: it shows that everything works, its numbers mean little. */
  readonly isShort: boolean;
}

/** Whether a bound was kept. What could not be measured does not keep it. */
export const isMet = ({ measured, bound, side }: Target): boolean =>
  side === "upper" ? measured <= bound : measured >= bound;
