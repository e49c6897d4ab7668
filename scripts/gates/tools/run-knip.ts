import type { Violation } from "../violation.ts";
import { runProgram } from "./run-program.ts";

const knip = { packageName: "knip", path: "bin/knip.js" };

/** How a file's part of the report looks: a list of findings under the name of each kind. */
type FileReport = Readonly<Record<string, string | readonly Finding[]>>;

interface Finding {
  readonly name: string;
  readonly line?: number;
}

/**
 * Files, exports and dependencies that nothing uses, below a folder that has a knip.jsonc.
 * @param args options beside the folder's own configuration
 * @throws {Error} when it did not get as far as a report
 */
export function runKnip(folder: string, args: readonly string[]): readonly Violation[] {
  const { stdout, output } = runProgram(
    knip,
    ["--reporter", "json", "--no-progress", "--no-config-hints", ...args],
    folder,
  );
  if (!stdout.startsWith("{")) throw new Error(`knip made no report:\n${output}`);
  const { issues } = JSON.parse(stdout) as { issues: readonly FileReport[] };
  return issues.flatMap(violationsOf);
}

function violationsOf(report: FileReport): readonly Violation[] {
  const file = String(report["file"]);
  return Object.entries(report).flatMap(([kind, findings]) => {
    if (typeof findings === "string") return [];
    return findings.flat().map(({ name, line }) => ({
      file,
      ...(line === undefined ? {} : { line }),
      rule: `unused or undeclared (${kind})`,
      found: name,
      limit: "used and declared",
    }));
  });
}
