import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { waitForPort } from "./wait-for-port.ts";

const program = fileURLToPath(new URL("../../packages/router/dist/main.js", import.meta.url));

/** A router in a process of its own, with a user's settings. */
export interface RouterProcess {
  readonly url: string;
  /** Exec to the first accepted connection, ms. */
  readonly startMs: number;
  /** CPU time used so far, ms. */
  cpuMs(): number;
  /** Memory in use, MiB. */
  residentMib(): number;
  stop(): Promise<void>;
}

/** Starts the built router with a data folder of its own. */
export async function startRouter(order: { readonly port: number; readonly dataDir: string }): Promise<RouterProcess> {
  const { port, dataDir } = order;
  const startedAt = performance.now();
  const args = [program, "--host", "127.0.0.1", "--port", String(port), "--data-dir", dataDir];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  await waitForPort(port);
  const startMs = performance.now() - startedAt;
  return {
    url: `http://127.0.0.1:${port}`,
    startMs,
    cpuMs: () => cpuMsOf(child.pid),
    residentMib: () => residentMibOf(child.pid),
    stop: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Clock ticks of Linux's process statistics, per second. */
const TICKS_PER_SECOND = 100;

function cpuMsOf(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

function residentMibOf(pid: number | undefined): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kib) / 1024);
}
