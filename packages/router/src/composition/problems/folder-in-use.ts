import { spanOf } from "@herd/shared/terminal";
import type { OwnCommands } from "../../cli/own-commands.ts";
import type { FolderHolder } from "../../storage/folder/folder-holder.ts";
import type { Advice } from "./port-taken.ts";

/** A data folder that another router has. */
export interface FolderInUse {
  readonly dataDir: string;
  readonly holder: Partial<FolderHolder>;
  /** That router runs on this machine, as far as is known. */
  readonly isHere: boolean;
  /** Its version, when it answers. */
  readonly version: string | undefined;
  readonly freePort: number | undefined;
  readonly commands: OwnCommands;
  readonly withAgent: boolean;
  /** Unix epoch ms. */
  readonly now: number;
}

/** Which router has the folder, where it is, and how to look at it, end it, or run a second one. */
export function folderInUse(facts: FolderInUse): Advice {
  const { dataDir, holder, isHere, version, freePort, commands, withAgent } = facts;
  const port = holder.port === 0 ? undefined : holder.port;
  const place = isHere ? "localhost" : holder.machine;
  const name = version === undefined ? "a router" : `a router (herd ${version})`;
  const own = `--port ${freePort ?? "PORT"} --data-dir ${dataDir}-2`;
  const look = `Use that one:    ${commands.herd} status${port === undefined ? "" : ` --port ${port}`}`;
  return {
    problem: `${name} already runs with this data folder${port === undefined ? "" : `: http://${place}:${port}`}`,
    fixes: [
      `Folder:          ${dataDir} (${holderFacts(facts)})`,
      ...(isHere ? [look] : []),
      `Stop it:         Ctrl-C where it runs${isHere && holder.pid !== undefined ? `, or kill ${holder.pid}` : ""}`,
      `A second one:    ${commands.herd}${withAgent ? " up" : ""} ${own}`,
    ],
  };
}

function holderFacts({ holder, isHere, now }: FolderInUse): string {
  const { pid, machine, since } = holder;
  const age = since === undefined ? Number.NaN : (now - Date.parse(since)) / 1000;
  const facts = [
    pid === undefined ? "" : `process ${pid}${isHere ? "" : ` on ${machine}`}`,
    age >= 0 ? `running for ${spanOf(age)}` : "",
  ].filter((fact) => fact !== "");
  return facts.length === 0 ? "held by another process" : facts.join(", ");
}
