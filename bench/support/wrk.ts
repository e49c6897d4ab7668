import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { withSbin } from "./programs.ts";

/** One load: what wrk saw. Times in ms. */
export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Answers other than 2xx and 3xx, and socket errors. */
  readonly errors: number;
}

const run = promisify(execFile);

/** Runs wrk with one thread. `script` is a Lua file that says what is asked. */
export async function runWrk(load: {
  readonly url: string;
  readonly script: string;
  readonly connections: number;
  readonly seconds: number;
}): Promise<LoadResult> {
  const { url, script, connections, seconds } = load;
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "--latency", "-s", script, url];
  const { stdout } = await run("wrk", args, { env: withSbin() });
  return {
    requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1] ?? 0),
    p50: milliseconds(/50%\s+([\d.]+)(us|ms|s)/.exec(stdout)),
    p99: milliseconds(/99%\s+([\d.]+)(us|ms|s)/.exec(stdout)),
    errors: Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0),
  };
}

function milliseconds(match: RegExpExecArray | null): number {
  const scale = { us: 0.001, ms: 1, s: 1000 }[match?.[2] ?? ""] ?? Number.NaN;
  return Number(match?.[1]) * scale;
}
