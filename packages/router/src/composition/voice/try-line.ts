import type { FleetSnapshot, ModelSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";

/** A name that a shell and a terminal take as it is; machines on the network choose names. */
const HARMLESS_NAME = /^[A-Za-z0-9][\w.:/@-]{0,79}$/;

interface Offer {
  readonly node: NodeSnapshot;
  readonly model: ModelSnapshot;
}

/**
 * The model to try first: one that answers prompts, on a real machine, in memory, small; in this order of weight. Undefined
 * while the fleet has none whose name can stand in a command.
 */
export function modelToTry({ nodes }: Pick<FleetSnapshot, "nodes">): ModelSnapshot | undefined {
  const offers = nodes
    .filter(({ status, isDraining }) => status === "online" && !isDraining)
    .flatMap((node) =>
      node.backends
        .filter(({ reachability }) => reachability !== "unreachable")
        .flatMap(({ models }) => [...models.values()].map((model): Offer => ({ node, model }))),
    )
    .filter(({ model }) => HARMLESS_NAME.test(model.name));
  return offers.toSorted((one, other) => weightOf(one) - weightOf(other) || byName(one, other))[0]?.model;
}

/** Bytes that stand for "not told": neither small nor huge. */
const UNKNOWN_SIZE = 20e9;
const MUCH = 1e15;

/** The least weight is the best. Size on disk decides only between models that are otherwise alike. */
function weightOf({ node, model }: Offer): number {
  const answers = model.capabilities === undefined || model.capabilities.includes("completion");
  const reasons = [!answers, node.isSimulated, model.sizeBytes === 0, model.loaded === undefined];
  return reasons.reduce((sum, isBad, at) => sum + (isBad ? MUCH * 2 ** (4 - at) : 0), model.sizeBytes ?? UNKNOWN_SIZE);
}

const byName = (one: Offer, other: Offer): number => one.model.name.localeCompare(other.model.name);

/** A command that asks a model something, to be copied whole. */
export function tryLine(model: ModelSnapshot, localUrl: string, platform: NodeJS.Platform): string {
  const isChat = model.capabilities === undefined || model.capabilities.includes("completion");
  const asked = isChat ? { prompt: "Why is the sky blue?", stream: false } : { input: "Why is the sky blue?" };
  const body = JSON.stringify({ model: model.name.replace(/:latest$/, ""), ...asked });
  const url = `${localUrl.replace("http://", "")}/api/${isChat ? "generate" : "embed"}`;
  // Windows's own shell knows no single quotes.
  return platform === "win32" ? `curl -s ${url} -d "${body.replaceAll('"', '\\"')}"` : `curl -s ${url} -d '${body}'`;
}
