import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { findOnPath } from "./programs/start-program.ts";

/** A file system of a few MiB that only one program sees, under a folder of this machine. */
export interface SmallDisk {
  /** What stands before the program's command. */
  readonly prefix: readonly string[];
  /** The folder as seen from here, once the program runs. */
  readonly seenBy: (pid: number) => string;
}

/** How a small disk is made. */
export interface SmallDiskOrder {
  /** Where it is mounted; made when it is missing. */
  readonly folder: string;
  readonly mib: number;
  /** Nothing can be written to it. */
  readonly isReadOnly?: boolean;
  /** It is full before the program starts. */
  readonly isFull?: boolean;
}

/** Why no small disk can be made here; undefined where one can. */
export function whyNoSmallDisk(): string | undefined {
  if (process.platform !== "linux") return "mount namespaces exist on Linux only";
  if (findOnPath("unshare") === undefined) return "the command unshare (util-linux) is not installed";
  try {
    execFileSync(findOnPath("unshare") ?? "", [...OWN_MOUNTS, "mount", "-t", "tmpfs", "none", "/mnt"], {
      stdio: "ignore",
    });
    return undefined;
  } catch {
    return "mounting in a namespace of one's own is not allowed here";
  }
}

/** Makes the way into a mount namespace with a disk of this size. */
export function smallDisk({ folder, mib, isReadOnly = false, isFull = false }: SmallDiskOrder): SmallDisk {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const mount = `mount -t tmpfs -o size=${mib}m,mode=700 none "$0"`;
  const fill = isFull ? ' && { dd if=/dev/zero of="$0/ballast" bs=64k 2>/dev/null; true; }' : "";
  const close = isReadOnly ? ' && mount -o remount,ro "$0"' : "";
  return {
    prefix: [
      findOnPath("unshare") ?? "unshare",
      ...OWN_MOUNTS,
      "sh",
      "-c",
      `${mount}${fill}${close} && exec "$@"`,
      folder,
    ],
    seenBy: (pid) => join("/proc", String(pid), "root", folder),
  };
}

/** Writes until there is no space left; returns what makes space again. */
export function fillDisk(folder: string): () => void {
  const path = join(folder, "ballast");
  const file = openSync(path, "w");
  const free = (): void => rmSync(path, { force: true });
  try {
    for (let size = 1 << 20; size >= 1; ) {
      try {
        writeSync(file, Buffer.alloc(size));
      } catch {
        // No room for so much: less may fit.
        size >>= 1;
      }
    }
    return free;
  } finally {
    closeSync(file);
  }
}

const OWN_MOUNTS: readonly string[] = [
  ...(process.getuid?.() === 0 ? [] : ["--map-root-user"]),
  ...["--mount", "--propagation", "private"],
];
