/** What Linux knows of a process: CPU time, memory, open files. */
import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks of Linux's process statistics, per second. */
const TICKS_PER_SECOND = 100;

/**
 * CPU time a process has used so far, with its children, ms. Counted from the schedulers' nanoseconds per thread, so that
 * small amounts count; where the kernel does not keep them, from the clock ticks of 10 ms.
 */
export function cpuMsOf(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((total, one) => total + (cpuMsOfThreads(one) ?? cpuMsOfTicks(one)), 0);
}

/** CPU time of a process's first thread alone, ms: of Node, that of the program itself, without compiler and collector. */
export function mainThreadMsOf(pid: number): number {
  try {
    return nanosecondsOf(`/proc/${pid}/task/${pid}/schedstat`) / 1e6;
  } catch {
    // The kernel keeps no scheduler statistics: all threads together are the nearest.
    return cpuMsOfTicks(pid);
  }
}

/** Resident memory of a process without its children, MiB. */
export const residentMibOf = (pid: number): number => statusMib(pid, "VmRSS");

/** The most it has ever been, MiB. */
export const peakMibOf = (pid: number): number => statusMib(pid, "VmHWM");

/** The part of the resident memory that no file backs: heap and stacks, MiB. */
export const anonymousMibOf = (pid: number): number => statusMib(pid, "RssAnon");

/** Files and sockets that a process has open. */
export const openFilesOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

function cpuMsOfThreads(pid: number): number | undefined {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const nanoseconds = threads.map((thread) => nanosecondsOf(`/proc/${pid}/task/${thread}/schedstat`));
    return nanoseconds.reduce((total, one) => total + one, 0) / 1e6;
  } catch {
    // The kernel keeps no scheduler statistics.
    return undefined;
  }
}

const nanosecondsOf = (file: string): number => Number(readFileSync(file, "utf8").split(" ")[0]);

function cpuMsOfTicks(pid: number): number {
  const fields = statFieldsOf(pid);
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

/** Fields of `stat` after the name, the state first. */
const statFieldsOf = (pid: number): readonly string[] =>
  readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];

function childrenOf(pid: number): readonly number[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((other) => parentOf(other) === pid);
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(statFieldsOf(pid)[1]);
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}

function statusMib(pid: number, field: string): number {
  const kib = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kib) / 1024;
}
