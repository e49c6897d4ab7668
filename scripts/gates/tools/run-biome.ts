import type { Violation } from "../violation.ts";
import { runProgram } from "./run-program.ts";

const biome = { packageName: "@biomejs/biome", path: "bin/biome" };

interface Diagnostic {
  readonly severity: string;
  readonly category: string;
  readonly message: string;
  readonly location: { readonly path: string; readonly start: { readonly line: number } };
}

/**
 * Everything that formatting and linting find below a folder, under the biome.jsonc in it. Remarks below a warning do not
 * count.
 * @throws {Error} when it did not get as far as a report
 */
export function runBiome(folder: string): readonly Violation[] {
  const { stdout, output } = runProgram(biome, ["check", "--reporter=json", "--max-diagnostics=none", "."], folder);
  if (!stdout.startsWith("{")) throw new Error(`biome made no report:\n${output}`);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly Diagnostic[] };
  return diagnostics.filter(({ severity }) => severity !== "info").map(violationOf);
}

function violationOf({ category, message, location }: Diagnostic): Violation {
  const [found = message] = message.trim().split("\n");
  return { file: location.path, line: location.start.line, rule: category, found, limit: "see biome.jsonc" };
}
