import { statfsSync } from "node:fs";
import { dirname } from "node:path";

/** Bytes that may still be written where this file lies. @throws the file system's error */
export function freeSpace(path: string): number {
  const { bavail, bsize } = statfsSync(dirname(path));
  return bavail * bsize;
}
