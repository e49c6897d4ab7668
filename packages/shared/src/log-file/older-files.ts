import { chmodSync, existsSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";

const OLDER = /\.(\d{4}-\d{2}-\d{2})(?:\.(\d+))?$/;

/** Names of the files of a log that were set aside, newest first: `herd.jsonl.2026-05-10.1`, `herd.jsonl.2026-05-10`. */
export function olderFiles(directory: string, name: string): readonly string[] {
  return readdirSync(directory)
    .filter((file) => file.startsWith(`${name}.`) && OLDER.test(file.slice(name.length)))
    .sort((one, other) => compare(partOf(other), partOf(one)));
}

/** Sets a log file aside under a day; where the day has files already, as its next part. None is ever overwritten. */
export function setAside(directory: string, name: string, day: string): void {
  const path = join(directory, name);
  if (!existsSync(path)) return;
  const parts = olderFiles(directory, name).map(partOf);
  const last = Math.max(-1, ...parts.filter(([ofDay]) => ofDay === day).map(([, part]) => part));
  const target = last < 0 ? `${path}.${day}` : `${path}.${day}.${last + 1}`;
  renameSync(path, target);
  chmodSync(target, 0o600);
}

type Part = readonly [day: string, part: number];

function partOf(file: string): Part {
  const [, day = "", part = "0"] = OLDER.exec(file) ?? [];
  return [day, Number(part)];
}

const compare = ([day, part]: Part, [otherDay, otherPart]: Part): number =>
  day === otherDay ? part - otherPart : day < otherDay ? -1 : 1;
