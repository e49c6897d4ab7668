import type { FleetSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { type AskBackend, askNode } from "../../fleet/ask-nodes.run.ts";
import { askLoaded } from "../../fleet/pulls/ask-loaded.run.ts";
import type { Registry } from "../../fleet/registry.ts";

/** What asking nodes for their models works on. */
export interface InventorySources {
  readonly registry: Registry;
  readonly ask: AskBackend;
  readonly fleet: () => FleetSnapshot;
  /** Unix epoch ms. */
  readonly now: () => number;
}

/** What the nodes themselves say of their models. */
export interface Inventories {
  /** Asks all nodes at once, those that were asked a moment ago excepted; their answers are in the fleet's lists then. */
  readonly refresh: () => Promise<void>;
  /** When a node last answered, Unix epoch ms; undefined when it never did. */
  readonly answeredAt: (nodeId: string) => number | undefined;
}

/** An answer is as good as new for so long, ms. */
const FRESH_MS = 3_000;
/** Whoever asks waits for this at most; later answers are for the next one, ms. */
const WAIT_MS = 250;
const ASK_MS = 5_000;

interface Asked {
  readonly at: number;
  /** Undefined when it has answered or given up. */
  running: Promise<void> | undefined;
  answeredAt: number | undefined;
  /** It let somebody wait in vain: nobody waits for it until it answers in time. */
  isSlow: boolean;
}

/** Builds it; nobody is asked yet. */
export function createInventories({ registry, ask, fleet, now }: InventorySources): Inventories {
  const all = new Map<string, Asked>();
  const begin = (node: NodeSnapshot, before: Asked | undefined): Asked => {
    const { answeredAt, isSlow = false } = before ?? {};
    const asked: Asked = { at: now(), running: undefined, answeredAt, isSlow };
    const noting: AskBackend = async (question) => {
      const answer = await ask(question);
      if (answer !== undefined) asked.answeredAt = now();
      return answer;
    };
    const questions = [askNode(registry, noting, { node, timeoutMs: ASK_MS }), askLoaded(registry, noting, node)];
    asked.running = Promise.all(questions).then(() => {
      asked.running = undefined;
      asked.isSlow = asked.answeredAt === answeredAt || now() - asked.at > WAIT_MS;
    });
    return asked;
  };
  const askedOf = (node: NodeSnapshot): Asked => {
    const before = all.get(node.nodeId);
    if (before !== undefined && (before.running !== undefined || now() - before.at < FRESH_MS)) return before;
    const asked = begin(node, before);
    all.set(node.nodeId, asked);
    return asked;
  };
  return {
    refresh: async () => {
      const { nodes } = fleet();
      forgetMissing(all, nodes);
      const waiting = nodes.filter(canAnswer).map(askedOf);
      await within(WAIT_MS, Promise.all(waiting.map(({ running, isSlow }) => (isSlow ? undefined : running))));
      for (const asked of waiting) if (asked.running !== undefined) asked.isSlow = true;
    },
    answeredAt: (nodeId) => all.get(nodeId)?.answeredAt,
  };
}

const canAnswer = ({ status, backends }: NodeSnapshot): boolean =>
  status !== "offline" &&
  backends.some(({ kind, reachability }) => kind === "ollama" && reachability !== "unreachable");

function forgetMissing(all: Map<string, Asked>, nodes: readonly NodeSnapshot[]): void {
  const known = new Set<string>(nodes.map(({ nodeId }) => nodeId));
  for (const id of all.keys()) if (!known.has(id)) all.delete(id);
}

/** Resolves with the work, or after this time. */
function within(ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void work.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
