import { createHash } from "node:crypto";
import type { FleetSnapshot, Holder, ModelSnapshot } from "../../domain/fleet-snapshot.ts";

/** `/api/tags`: every model of the fleet once, newest first, with the nodes that have it. */
export function tagsOf(fleet: FleetSnapshot): { readonly models: readonly object[] } {
  const entries = [...fleet.holders.values()].flatMap((holders) => tagEntry(holders.filter(isListed)) ?? []);
  return { models: entries.sort((a, b) => (a.modified_at < b.modified_at ? 1 : -1)) };
}

/** `/api/ps`: one entry per loaded model and node, the one that stays longest first. */
export function psOf(fleet: FleetSnapshot, now: number): { readonly models: readonly object[] } {
  const entries = [...fleet.holders.values()].flatMap((holders) =>
    holders.filter(isListed).flatMap((holder) => psEntry(holder, now)),
  );
  return { models: entries.sort((a, b) => (a.expires_at < b.expires_at ? 1 : -1)) };
}

/**
 * `/api/version`: the lowest version of the Ollamas of healthy nodes, so that no client expects what some node lacks. Versions of
 * other servers count from elsewhere.
 */
export function versionOf(
  fleet: FleetSnapshot,
  herdVersion: string,
): { readonly version: string; readonly herd_version: string } {
  const versions = fleet.nodes
    .filter((node) => node.status !== "offline")
    .flatMap((node) => node.backends.flatMap(({ kind, version }) => (kind === "ollama" ? [version] : [])))
    .filter((version) => /^\d+\.\d+\.\d+/.test(version) && !version.startsWith("0.0.0"));
  const lowest = versions.sort(compareVersions)[0];
  return { version: /^\d+\.\d+\.\d+/.exec(lowest ?? "")?.[0] ?? "0.0.0", herd_version: herdVersion };
}

/** Whether lists show it: its node and backend answer. */
export const isListed = ({ node, backend }: Holder): boolean =>
  node.status !== "offline" && backend.reachability !== "unreachable";

/** What the mark looks like inside a list; no text can hold it, since its quotes would be escaped. */
export const SIMULATED_MARK = '"simulated":true';

/** The mark of an entry that only machines of the demo stand behind. */
export const simulatedMark = (holders: readonly Pick<Holder, "node">[]): { readonly simulated?: true } =>
  holders.every(({ node }) => node.isSimulated) ? { simulated: true } : {};

function tagEntry(holders: readonly Holder[]) {
  const first = holders[0];
  if (first === undefined) return undefined;
  const best = holders.find((holder) => holder.model.digest !== undefined) ?? first;
  const nodes = [...new Set(holders.map((holder) => holder.node.nodeId))];
  return {
    name: first.model.name,
    model: first.model.name,
    modified_at: newest(holders),
    size:
      holders.find((holder) => holder.model.sizeBytes !== undefined)?.model.sizeBytes ??
      first.model.loaded?.sizeBytes ??
      0,
    digest: digestOf(best),
    details: { ...detailsOf(best), fleet_nodes: nodes },
    ...(best.model.capabilities === undefined ? {} : { capabilities: best.model.capabilities }),
    fleet_nodes: nodes,
    ...simulatedMark(holders),
  };
}

/**
 * Servers with OpenAI's API tell no digest, and clients need one to tell models apart: the hash of the canonical name stands in. It
 * is the same on every node and for ever, and cannot be mistaken for that of a file that somebody has.
 */
function digestOf({ model, backend }: Pick<Holder, "model" | "backend">): string {
  return model.digest ?? (backend.kind === "ollama" ? "" : nameDigest(model));
}

const digests = new WeakMap<ModelSnapshot, string>();

function nameDigest(model: ModelSnapshot): string {
  const known = digests.get(model) ?? createHash("sha256").update(model.key).digest("hex");
  digests.set(model, known);
  return known;
}

function psEntry({ node, backend, model }: Holder, now: number) {
  const { loaded } = model;
  if (loaded === undefined) return [];
  const entry = {
    name: model.name,
    model: model.name,
    size: loaded.sizeBytes,
    digest: digestOf({ model, backend }),
    details: detailsOf({ model, backend }),
    expires_at: model.facts.expiresAt ?? (backend.kind === "ollama" ? inAWhile(now) : NEVER),
    size_vram: loaded.vramBytes ?? 0,
    context_length: loaded.contextLength,
    fleet_node: node.nodeId,
    ...simulatedMark([{ node }]),
  };
  return [entry];
}

/** Ollama's default keep-alive, for agents that do not tell. */
const UNKNOWN_STAY_MS = 300_000;

const inAWhile = (now: number): string => new Date(now + UNKNOWN_STAY_MS).toISOString();

/** Other servers keep their model until they end. Ollama writes "for ever" as a time some 290 years from now. */
const NEVER = "2318-01-01T00:00:00Z";

function detailsOf({ model, backend }: Pick<Holder, "model" | "backend">) {
  const { facts } = model;
  return {
    parent_model: facts.parentModel ?? "",
    format: facts.format ?? (backend.kind === "ollama" ? "gguf" : ""),
    family: facts.family ?? "",
    families: facts.families ?? null,
    parameter_size: facts.parameterSize ?? "",
    quantization_level: facts.quantization ?? "",
  };
}

function newest(holders: readonly Holder[]): string {
  const times = holders.flatMap((holder) => holder.model.facts.modifiedAt ?? []).sort();
  return times.at(-1) ?? new Date(holders[0]?.node.lastHeartbeatAt ?? 0).toISOString();
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(/[.+-]/).map(Number));
  for (let at = 0; at < 3; at += 1) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
  }
  return 0;
}
