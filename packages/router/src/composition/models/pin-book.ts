import { chmodSync, copyFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import { modelKeyOf } from "../../domain/model-name.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import type { Pin } from "../../upkeep/plan-pins.ts";

/** Models that people want to have in memory: those of the settings and those of `pinned_models.json`. */
export interface PinBook {
  /** By node, sorted. */
  readonly perNode: () => Readonly<Record<string, readonly string[]>>;
  /** All of them, the settings' first. */
  readonly all: () => readonly Pin[];
  /** Writes the file before it returns. False when it was so already. @throws the file system's error. */
  readonly set: (nodeId: string, model: string, isPinned: boolean) => boolean;
  /** What a person should know about the file. */
  readonly notes: () => readonly PinNote[];
}

/** Something odd about the pins, with its fix. */
export interface PinNote {
  readonly id: "pins_unreadable";
  readonly text: string;
  readonly fix: string;
}

type PerNode = Readonly<Record<string, readonly string[]>>;

/** Reads the predecessor's file; one that cannot be read counts as empty and is told. */
export function createPinBook(settings: RouterSettings, log: Logger, now: () => number): PinBook {
  const path = join(settings.dataDir, "pinned_models.json");
  const read = readPins(path, log);
  let nodes = read ?? {};
  let notes = read === undefined ? [unreadable(path)] : [];
  return {
    perNode: () => nodes,
    notes: () => notes,
    all: () => [
      ...settings.pinnedModels.map((model): Pin => ({ model, nodeId: undefined })),
      ...Object.entries(nodes).flatMap(([nodeId, models]) => models.map((model): Pin => ({ model, nodeId }))),
    ],
    set: (nodeId, model, isPinned) => {
      const before = Object.hasOwn(nodes, nodeId) ? (nodes[nodeId] ?? []) : [];
      const others = before.filter((one) => modelKeyOf(one) !== modelKeyOf(model));
      if (isPinned === others.length < before.length) return false;
      const next = withNode(nodes, nodeId, isPinned ? [...others, model].toSorted() : others);
      writePins(path, { nodes: next, updated_at: now() / 1000 });
      nodes = next;
      // It is readable again, and what stood in it before lies beside it.
      notes = [];
      return true;
    },
  };
}

const unreadable = (path: string): PinNote => ({
  id: "pins_unreadable",
  text: `${path} cannot be read: no model is pinned by it`,
  fix: `Mend it (a copy is ${path}.unreadable) and restart the router, or pin the models again`,
});

function withNode(nodes: PerNode, nodeId: string, models: readonly string[]): PerNode {
  const others = Object.entries(nodes).filter(([id]) => id !== nodeId);
  const all = models.length === 0 ? others : [...others, [nodeId, models] as const];
  return Object.fromEntries(all.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** undefined when there is a file that tells nothing. */
function readPins(path: string, log: Logger): PerNode | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof read !== "object" || read === null || !("nodes" in read)) throw new Error("it has no nodes");
    const { nodes } = read;
    if (typeof nodes !== "object" || nodes === null) throw new Error("its nodes are none");
    return Object.fromEntries(
      Object.entries(nodes as Record<string, unknown>).map(([id, models]) => [
        id,
        Array.isArray(models) ? models.filter((name) => typeof name === "string") : [],
      ]),
    );
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    log.warn({ path, exception: error }, "pinned_models.json cannot be read: no model is pinned by it");
    keepUnreadable(path, log);
    return undefined;
  }
}

/** The next change writes the file anew; what somebody wrote into this one may still be wanted. */
function keepUnreadable(path: string, log: Logger): void {
  try {
    copyFileSync(path, `${path}.unreadable`);
    chmodSync(`${path}.unreadable`, 0o600);
  } catch (error) {
    log.warn({ path, exception: error }, "pinned_models.json could not be copied");
  }
}

/** Another name first, so that a crash leaves the old file or the new one. */
function writePins(path: string, content: object): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
