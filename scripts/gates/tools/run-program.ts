import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { checkout } from "../sources/read-sources.ts";

/** How a program ended and what it printed. */
export interface ProgramEnd {
  readonly code: number;
  readonly stdout: string;
  /** Both outputs, for a message. */
  readonly output: string;
}

/** One of the programs of the tool chain, in JavaScript, by its package and its path inside it. */
export interface ToolProgram {
  readonly packageName: string;
  readonly path: string;
}

/**
 * Runs a program of the tool chain to its end in a folder.
 * @throws {Error} when it cannot be started at all
 */
export function runProgram(program: ToolProgram, args: readonly string[], folder: string): ProgramEnd {
  const script = join(checkout, "node_modules", program.packageName, program.path);
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [script, ...args], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
  });
  if (error !== undefined) throw new Error(`${program.packageName} cannot be started`, { cause: error });
  return { code: status ?? 1, stdout, output: `${stdout}\n${stderr}` };
}
