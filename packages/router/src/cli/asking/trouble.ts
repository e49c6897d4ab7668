import { harmlessText } from "@herd/shared/terminal";
import { FAILED, STOPPED } from "../frame/exit-codes.ts";
import type { Shell } from "../frame/shell.ts";

/** Why there is no answer. */
export interface Trouble {
  readonly kind: "none";
  /**
   * `unreachable`: nobody answers. `refused`: the router said why not. `missing`: this router does not know the question.
   * `stranger`: something else answers. `stopped`: the user ended it.
   */
  readonly reason: "unreachable" | "refused" | "missing" | "stranger" | "stopped";
  /** HTTP status, where there was one. */
  readonly status: number | undefined;
  /** Code of the router's catalogue. */
  readonly code: string | undefined;
  readonly why: string;
  /** What to do about it. */
  readonly fix: string | undefined;
}

/** Tells it on standard error. Returns the exit code. */
export function tellTrouble({ complain }: Pick<Shell, "complain">, { reason, why, fix }: Trouble): number {
  if (reason === "stopped") return STOPPED;
  complain(`herd: ${harmlessText(why)}\n`);
  if (fix !== undefined) complain(`      ${harmlessText(fix)}\n`);
  return FAILED;
}

/** Tells a trouble of our own. Returns the exit code. */
export function complain(shell: Pick<Shell, "complain">, why: string, fix?: string): number {
  return tellTrouble(shell, { kind: "none", reason: "refused", status: undefined, code: undefined, why, fix });
}
