import type { Difference } from "./differences.ts";

/** What a step has shown. */
export type Verdict =
  | { readonly kind: "equal" }
  /** Two answers of the backend itself differ, and the router's has their form. */
  | { readonly kind: "equal in form" }
  /** Names of the intended differences, each with a reason in the list. */
  | { readonly kind: "intended"; readonly names: readonly string[]; readonly isInForm: boolean }
  | { readonly kind: "different"; readonly differences: readonly Difference[] }
  | { readonly kind: "not run"; readonly reason: string };

/** One row of the table. */
export interface Row {
  readonly route: string;
  readonly step: string;
  readonly direct: number | undefined;
  readonly router: number | undefined;
  readonly verdict: Verdict;
}
