import { execFile } from "node:child_process";

/** Longest that a measuring program may take, ms. */
const PROGRAM_TIMEOUT_MS = 8_000;

/** What a program prints; undefined where it does not exist, fails or takes too long. Never through a shell. */
export function runProgram(file: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(
      file,
      [...args],
      { timeout: PROGRAM_TIMEOUT_MS, killSignal: "SIGKILL", windowsHide: true },
      (error, stdout) => resolve(error === null ? stdout : undefined),
    );
  });
}

/** Runs a program; injected so that tests can stand in for programs that a machine lacks. */
export type RunProgram = typeof runProgram;
