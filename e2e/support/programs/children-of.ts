import { execFileSync } from "node:child_process";

/** A process that another one started. */
export interface ChildProgram {
  readonly pid: number;
  /** Its command line. */
  readonly command: string;
}

/** The processes that a process has started itself and that still run. */
export function childrenOf(pid: number): readonly ChildProgram[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="]).toString().split("\n");
  return lines.flatMap((line) => {
    const [, own, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(parent) === pid && command !== undefined ? [{ pid: Number(own), command }] : [];
  });
}

/** Whether a process of that id runs. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // There is none.
    return false;
  }
}
