import { lineWidth, paintFor, type Terminal } from "@herd/shared/terminal";
import { AGENT_VERSION } from "../version.ts";
import { probeText } from "./probe-text.ts";
import { probeWarnings } from "./probe-warnings.ts";
import { type ProbeDependencies, takeProbe } from "./take-probe.ts";

/** What printing a probe needs. */
export interface ProbePrinting extends ProbeDependencies {
  readonly isJson: boolean;
  readonly terminal: Terminal;
  readonly print: (text: string) => void;
  /** Takes one sentence for the person at the terminal, apart from what is printed. */
  readonly complain: (sentence: string) => void;
}

/** Measures this machine once and prints what would be reported: as a list, or as the very body of a heartbeat. */
export async function printProbe(printing: ProbePrinting): Promise<void> {
  const { isJson, terminal, print, complain, settings } = printing;
  const report = await takeProbe(printing);
  const page = {
    paint: paintFor(terminal),
    width: lineWidth(terminal),
    version: AGENT_VERSION,
    gatewayPort: settings.gatewayPort,
  };
  print(isJson ? `${JSON.stringify(report.heartbeat, undefined, 2)}\n` : probeText(report, page));
  for (const warning of probeWarnings(report)) complain(warning);
}
