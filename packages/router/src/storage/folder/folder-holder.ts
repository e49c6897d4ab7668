import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { parseJson } from "../parse-json.ts";

/** Who has a data folder. */
export interface FolderHolder {
  readonly pid: number;
  /** Name of its machine: folders may be shared between machines. */
  readonly machine: string;
  /** Port it listens on; 0 when it is not known yet. */
  readonly port: number;
  /** Start, ISO 8601, UTC. */
  readonly since: string;
}

/** Writes who has the folder, whole or not at all. @throws the file system's error. */
export function writeHolder(path: string, holder: FolderHolder): void {
  const draft = `${path}.${holder.pid}.new`;
  writeFileSync(draft, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

/** What is written there; what is missing or of another kind is left out. */
export function readHolder(path: string): Partial<FolderHolder> {
  const stored = parseJson(textOf(path));
  if (typeof stored !== "object" || stored === null) return {};
  const known = Object.entries(stored).filter(([name, value]) => typeof value === KINDS.get(name));
  return Object.fromEntries(known);
}

/** Takes the note away, unless another has put its own there. What cannot be removed stays: without its lock it says nothing. */
export function removeHolder(path: string, { pid, machine }: FolderHolder): void {
  const noted = readHolder(path);
  if (noted.pid !== pid || noted.machine !== machine) return;
  try {
    rmSync(path, { force: true });
  } catch {
    // The folder may have become read-only.
  }
}

/** `another router (pid 7 on mac-mini, port 11435, since 2026-01-02T03:04:05Z)`, as far as it is known. */
export function sentenceOf({ pid, machine, port, since }: Partial<FolderHolder>): string {
  const facts = [
    pid === undefined ? "" : `pid ${pid}${machine === undefined ? "" : ` on ${machine}`}`,
    port === undefined || port === 0 ? "" : `port ${port}`,
    since === undefined ? "" : `since ${since}`,
  ].filter((fact) => fact !== "");
  return facts.length === 0 ? "another router" : `another router (${facts.join(", ")})`;
}

const KINDS: ReadonlyMap<string, string> = new Map([
  ["pid", "number"],
  ["machine", "string"],
  ["port", "number"],
  ["since", "string"],
]);

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Its holder has not written it yet, or has just taken it away.
    return null;
  }
}
