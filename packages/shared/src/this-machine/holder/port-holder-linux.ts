import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { PortHolder, SoughtPort } from "./port-holder.ts";

const LISTENING = "0A";
const ANY_IPV4 = "00000000";
/** Clock ticks per second in which Linux tells times to programs, on every architecture that matters. */
const TICKS_PER_SECOND = 100;

/** Finds a socket's holder by Linux's table of sockets and the open files of every process. */
export async function findOnLinux({
  port,
  address,
  procFolder = "/proc",
}: SoughtPort): Promise<PortHolder | undefined> {
  const [four, six] = await Promise.all([readText(`${procFolder}/net/tcp`), readText(`${procFolder}/net/tcp6`)]);
  const inodes = new Set([
    ...listeningInodes(four ?? "", port, (local) => isSameAddress(local, address)),
    ...listeningInodes(six ?? "", port, () => true),
  ]);
  if (inodes.size === 0) return undefined;
  const pids = (await readdir(procFolder).catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    if (await holdsOneOf(join(procFolder, pid, "fd"), inodes)) return describe(procFolder, pid);
  }
  return undefined;
}

/** Reads Linux's table of TCP sockets: local address in hexadecimal, state, and the inode in the tenth column. */
function listeningInodes(table: string, port: number, accepts: (local: string) => boolean): string[] {
  const sought = port.toString(16).toUpperCase().padStart(4, "0");
  return table.split("\n").flatMap((line) => {
    const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
    const [host = "", localPort] = local.split(":");
    return state === LISTENING && localPort === sought && inode !== undefined && accepts(host) ? [inode] : [];
  });
}

/** The table writes the four bytes of an address backwards. */
function isSameAddress(local: string, address: string | undefined): boolean {
  if (address === undefined || local === ANY_IPV4) return true;
  const bytes = address.split(".").map((part) => Number(part).toString(16).toUpperCase().padStart(2, "0"));
  return bytes.reverse().join("") === local;
}

async function holdsOneOf(folder: string, inodes: ReadonlySet<string>): Promise<boolean> {
  for (const file of await readdir(folder).catch(() => [])) {
    const target = await readlink(join(folder, file)).catch(() => "");
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && inodes.has(inode)) return true;
  }
  return false;
}

async function describe(procFolder: string, pid: string): Promise<PortHolder> {
  const read = (name: string) => readText(join(procFolder, pid, name));
  const [environment, program, command, stat, uptime] = await Promise.all([
    readFile(join(procFolder, pid, "environ"), "utf8").catch(() => undefined),
    read("comm"),
    read("cmdline"),
    read("stat"),
    readText(join(procFolder, "uptime")),
  ]);
  return {
    pid: Number(pid),
    program: programName(program ?? "", command ?? ""),
    command: command?.replaceAll("\0", " ").trim(),
    runningS: runningSeconds(stat, uptime),
    environment,
  };
}

/** Some programs, Node among them, give their first thread a name that says nothing; their file's says more. */
function programName(thread: string, command: string): string {
  const file = command.split("\0")[0]?.split("/").at(-1) ?? "";
  return thread === "MainThread" && file !== "" ? file : thread;
}

/** The twenty-second field of a process's figures is its start, in ticks since boot; the second may hold blanks. */
function runningSeconds(stat: string | undefined, uptime: string | undefined): number | undefined {
  const startedAt = Number(stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19]) / TICKS_PER_SECOND;
  const seconds = Number(uptime?.split(" ")[0]) - startedAt;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch {
    return undefined;
  }
}
