import type { Runner } from "../runners/runner.ts";
import type { Fault } from "./fault.ts";

/** Does to the runner what the fault wants, when `sent` records of the request that it met are out. */
export function strikeRunner(fault: Fault | undefined, sent: number, runner: Runner): void {
  if (fault?.kind !== "runner-dies" && fault?.kind !== "runner-wedges") return;
  if (sent !== (fault.afterRecords ?? 0)) return;
  runner.process.signal(fault.kind === "runner-dies" ? "SIGKILL" : "SIGSTOP");
}
