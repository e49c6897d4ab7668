import { Worker } from "node:worker_threads";
import type { Probe } from "./probe.ts";

/** A graphics processor as the operating system lists it. */
export interface GraphicsHardware {
  readonly vendor: string;
  readonly model: string;
  /** Dedicated memory, MiB; 0 where it shares system memory. */
  readonly vramMib: number;
  /** `03:00.0` or longer; empty when unknown. */
  readonly busAddress: string;
}

/** What does not change while a machine runs. */
export interface Hardware {
  readonly cpuName: string;
  /** 0 unknown. */
  readonly physicalCores: number;
  readonly graphics: readonly GraphicsHardware[];
}

/** Sources and compiled files are named alike but for their ending. */
const workerFile = new URL(`./hardware-worker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

/** Lists the hardware, in a thread that ends when it has. @returns rejects when the thread fails. */
export const probeHardware: Probe<Hardware> = () =>
  new Promise((resolve, reject) => {
    const worker = new Worker(workerFile);
    worker.unref();
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => resolve(undefined));
  });

/** The newest list of the hardware, for probes that build on it. */
export interface HardwareList {
  readonly probe: Probe<Hardware>;
  /** Waits for the list that is being made; undefined when that fails or none was asked for yet. */
  newest(): Promise<Hardware | undefined>;
}

/** @param list makes a list. */
export function createHardwareList(list: Probe<Hardware> = probeHardware): HardwareList {
  let newest: Promise<Hardware | undefined> = Promise.resolve(undefined);
  const probe: Probe<Hardware> = () => {
    newest = list();
    return newest;
  };
  return { probe, newest: () => newest.catch(() => undefined) };
}
