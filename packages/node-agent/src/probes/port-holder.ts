import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { readText } from "./read-text.ts";

/** The process that listens on a TCP port of this machine. */
export interface PortHolder {
  readonly pid: number;
  /** Short name of its program. */
  readonly program: string;
  /** Its environment as the system shows it (`NAME=value`, divided by NUL); undefined when it may not be read. */
  readonly environment: string | undefined;
}

/** Which port is meant. */
export interface SoughtPort {
  readonly port: number;
  /** IPv4 address on which it must be served; absent: any. */
  readonly address?: string;
  /** Default `/proc`. */
  readonly procFolder?: string;
}

const LISTENING = "0A";
const ANY_IPV4 = "00000000";

/** Finds who listens on a port. Linux only, and only processes that this user may look into; else undefined. */
export async function findPortHolder({
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
  const environment = await readFile(join(procFolder, pid, "environ"), "utf8").catch(() => undefined);
  return { pid: Number(pid), program: (await readText(join(procFolder, pid, "comm"))) ?? "", environment };
}
