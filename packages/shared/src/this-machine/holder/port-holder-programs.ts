import type { PortHolder } from "./port-holder.ts";
import type { RunProgram } from "./run-program.ts";

/** Asks macOS's `lsof`, which names process (`p`) and program (`c`), and `ps` for the command line. */
export async function findOnMac(port: number, run: RunProgram): Promise<PortHolder | undefined> {
  const listed = await run("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"]);
  const [, pid] = /^p(\d+)$/m.exec(listed ?? "") ?? [];
  if (pid === undefined) return undefined;
  const [, program = ""] = /^c(.+)$/m.exec(listed ?? "") ?? [];
  const told = (await run("ps", ["-o", "etime=,command=", "-p", pid]))?.trim() ?? "";
  const [, elapsed = "", command] = /^(\S+)\s+(.+)$/s.exec(told) ?? [];
  return { pid: Number(pid), program, command, runningS: secondsOf(elapsed) };
}

/** Reads `[[days-]hours:]minutes:seconds`. */
function secondsOf(elapsed: string): number | undefined {
  const [, days = "0", hours = "0", minutes, seconds] = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)$/.exec(elapsed) ?? [];
  if (minutes === undefined) return undefined;
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}

/** Asks Windows's `netstat`: a socket that listens has no far side, whatever the language of the state. */
export async function findOnWindows(port: number, run: RunProgram): Promise<PortHolder | undefined> {
  const lines = ((await run("netstat", ["-ano", "-p", "TCP"])) ?? "").split("\n");
  const pid = lines
    .map((line) => /^\s*TCP\s+\S+:(\d+)\s+(?:0\.0\.0\.0|\[::\]):0\s+\S+\s+(\d+)\s*$/i.exec(line))
    .find((match) => match !== null && Number(match[1]) === port)?.[2];
  if (pid === undefined) return undefined;
  const [, program = ""] =
    /^"([^"]+)"/.exec((await run("tasklist", ["/FI", `PID eq ${pid}`, "/FO", "CSV", "/NH"])) ?? "") ?? [];
  return { pid: Number(pid), program };
}
