import type { EnergyMeter } from "../../energy/energy-meter.ts";
import type { RequestSpanIds } from "../../metrics/otlp/span-book.ts";
import type { RequestAccounts } from "../../metrics/request-accounts.ts";
import type { TraceInput } from "../../traces/trace-input.ts";

/** What was counted while requests passed. */
export interface MeteringParts {
  readonly accounts: RequestAccounts;
  readonly energy: EnergyMeter;
  /** Where the spans of ended requests go from now on; nowhere when undefined. */
  sender: ((trace: TraceInput, ids: RequestSpanIds) => void) | undefined;
}
