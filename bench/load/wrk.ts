import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { withSbin } from "../processes/programs.ts";

/** One load: what wrk saw. Times in ms. */
export interface LoadResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Answers other than 2xx and 3xx, and socket errors. */
  readonly errors: number;
}

/** What wrk is to do. */
export interface Load {
  readonly url: string;
  /** A Lua file that says what is asked, as `writeScript` makes it. */
  readonly script: string;
  readonly connections: number;
  readonly seconds: number;
}

const run = promisify(execFile);

/** Writes a script with which wrk posts this JSON. */
export function writeScript(file: string, body: string): string {
  const lines = ['wrk.method="POST"', 'wrk.headers["Content-Type"]="application/json"', `wrk.body=[==[${body}]==]`];
  writeFileSync(file, lines.join("\n"));
  return file;
}

/** Runs wrk with one thread. */
export async function runWrk({ url, script, connections, seconds }: Load): Promise<LoadResult> {
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "--latency", "-s", script, url];
  const { stdout } = await run("wrk", args, { env: withSbin() });
  return readWrk(stdout);
}

/** Reads what wrk prints. */
export function readWrk(output: string): LoadResult {
  const socketErrors = /Socket errors: (.*)/.exec(output)?.[1]?.match(/\d+/g) ?? [];
  const badAnswers = Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0);
  return {
    requests: Number(/(\d+) requests in/.exec(output)?.[1] ?? 0),
    requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1] ?? 0),
    p50: milliseconds(/50%\s+([\d.]+)(us|ms|s)/.exec(output)),
    p99: milliseconds(/99%\s+([\d.]+)(us|ms|s)/.exec(output)),
    errors: socketErrors.reduce((total, count) => total + Number(count), badAnswers),
  };
}

function milliseconds(match: RegExpExecArray | null): number {
  const scale = { us: 0.001, ms: 1, s: 1000 }[match?.[2] ?? ""] ?? Number.NaN;
  return Number(match?.[1]) * scale;
}
