import { fleetStatus } from "@herd/shared";
import { lineWidth, paintFor, type Terminal } from "@herd/shared/terminal";
import { askRouter } from "./ask-router.ts";
import { statusText } from "./status-text.ts";

/** Which router is asked, and how its answer is shown. */
export interface StatusOrder {
  readonly url: string;
  readonly isJson: boolean;
  readonly terminal: Terminal;
}

/** Prints the fleet. Resolves to the exit code. */
export async function status({ url, isJson, terminal }: StatusOrder): Promise<number> {
  const answer = await askRouter(url, "/fleet/status");
  if (answer.kind === "none") return complain(answer.why);
  if (isJson) {
    process.stdout.write(`${JSON.stringify(answer.content, undefined, 2)}\n`);
    return 0;
  }
  const read = fleetStatus.safeParse(answer.content);
  if (!read.success)
    return complain(`what answers at ${url} is no herd router of this kind; its answer as it is: --json`);
  process.stdout.write(statusText(read.data, { url, paint: paintFor(terminal), width: lineWidth(terminal) }));
  return 0;
}

function complain(why: string): number {
  process.stderr.write(`herd: ${why}\n`);
  return 1;
}
