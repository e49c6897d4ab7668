import { execFile } from "node:child_process";

const TIMEOUT_MS = 3_000;

/** What a program of the system prints; undefined where it does not exist, fails or takes too long. Never through a shell. */
export type RunProgram = (file: string, words: readonly string[]) => Promise<string | undefined>;

export const runProgram: RunProgram = (file, words) =>
  new Promise((resolve) => {
    const bounds = { timeout: TIMEOUT_MS, killSignal: "SIGKILL", windowsHide: true } as const;
    execFile(file, [...words], bounds, (error, stdout) => resolve(error === null ? stdout : undefined));
  });
