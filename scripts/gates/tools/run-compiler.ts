import { type ProgramEnd, runProgram } from "./run-program.ts";

const compiler = { packageName: "typescript", path: "bin/tsc" };

/** Builds the project in a folder, and everything it refers to. */
export function buildProjects(folder: string): ProgramEnd {
  return runProgram(compiler, ["-b", "--pretty", "false"], folder);
}

/**
 * The compiler options that hold for a project once everything it extends is taken in.
 * @throws {Error} when the project's configuration cannot be read
 */
export function effectiveOptions(folder: string): Readonly<Record<string, unknown>> {
  const { code, stdout, output } = runProgram(compiler, ["--showConfig", "-p", "."], folder);
  if (code !== 0) throw new Error(`${folder}: the configuration cannot be read:\n${output}`);
  const { compilerOptions } = JSON.parse(stdout) as { compilerOptions: Record<string, unknown> };
  return compilerOptions;
}
