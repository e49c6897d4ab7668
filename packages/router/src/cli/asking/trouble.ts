import { harmlessText, jsonText } from "@herd/shared/terminal";
import { asTyped } from "../frame/as-typed.ts";
import { FAILED } from "../frame/exit-codes.ts";
import { type Shell, stoppedCode } from "../frame/shell.ts";

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

type Speaking = Pick<Shell, "complain" | "print" | "isJson" | "herd" | "signal">;

/** Tells it on standard error, and where JSON is wanted as an object on standard output. Returns the exit code. */
export function tellTrouble(shell: Speaking, trouble: Trouble): number {
  const { reason, status, code, why, fix } = trouble;
  if (reason === "stopped") return stoppedCode(shell);
  if (shell.isJson)
    shell.print(`${jsonText({ error: why, code: code ?? null, hint: fix ?? null, status: status ?? null }, 0)}\n`);
  return tellInWords(shell, trouble);
}

/** Tells it on standard error only. Returns the exit code. */
export function tellInWords({ complain, herd }: Speaking, { why, fix }: Trouble): number {
  complain(`herd: ${harmlessText(asTyped(why, herd))}\n`);
  if (fix !== undefined) complain(`      ${harmlessText(asTyped(fix, herd))}\n`);
  return FAILED;
}

/** Tells a trouble of our own. Returns the exit code. */
export function complain(shell: Speaking, why: string, fix?: string): number {
  return tellTrouble(shell, { kind: "none", reason: "refused", status: undefined, code: undefined, why, fix });
}
