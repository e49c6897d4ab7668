import type { PortHolder, SoughtPort } from "./port-holder.ts";
import { findOnLinux } from "./port-holder-linux.ts";
import { findOnMac, findOnWindows } from "./port-holder-programs.ts";
import { runProgram } from "./run-program.ts";

/**
 * Finds who listens on a port: Linux by its own tables, macOS by `lsof`, Windows by `netstat`. Only processes that this user
 * may look into; else undefined. Never rejects.
 */
export function findPortHolder(sought: SoughtPort): Promise<PortHolder | undefined> {
  switch (sought.platform ?? process.platform) {
    case "linux":
      return findOnLinux(sought);
    case "darwin":
      return findOnMac(sought.port, runProgram);
    case "win32":
      return findOnWindows(sought.port, runProgram);
    default:
      return Promise.resolve(undefined);
  }
}
