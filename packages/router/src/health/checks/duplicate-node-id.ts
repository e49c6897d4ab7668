import type { Check } from "../check.ts";
import type { Refusal } from "../facts/router-facts.ts";
import { plainText, shellWord, spanText } from "../words.ts";

/** A refusal that has not repeated for so long is over, ms. */
const RECENT_MS = 10 * 60_000;

/** Two agents with one name, or somebody who pretends to be another. */
export const duplicateNodeId: Check = {
  id: "duplicate_node_id",
  title: "Two agents with one node id",
  meaning:
    "warning when, within ten minutes, an agent with another key or address reported under the id of a known machine",
  appliesTo: ({ router }) => router.refusals !== undefined,
  inspect: ({ now, fleet, router: { refusals = [] } }) => {
    const recent = refusals.filter(({ code, lastAt }) => code === "HERD_NODE_KEY_MISMATCH" && now - lastAt < RECENT_MS);
    return [...Map.groupBy(recent, ({ nodeId }) => nodeId)].map(([nodeId, refused]) => {
      const owner = fleet.nodes.find((node) => node.nodeId === nodeId);
      const addresses = [...new Set(refused.map(({ address }) => address))].slice(0, 10);
      return {
        severity: "warning" as const,
        nodeId,
        subject: "",
        title: `Two agents say they are ${plainText(nodeId)}`,
        description: `${countOf(refused)} heartbeats under this id were refused, the last ${spanText(now - newestOf(refused))} ago, from ${addresses.map(plainText).join(", ")}${owner === undefined ? "" : `; the id belongs to the machine at ${owner.address}`}.`,
        why: "The second agent does not join. If it is none of yours, somebody tries to get your prompts.",
        fix: "Give the second agent another --node-id; after a new installation of the same machine remove the old entry",
        command: `herd node remove ${shellWord(nodeId)}`,
        details: { addresses, owner: owner?.address ?? null, refused: countOf(refused) },
      };
    });
  },
};

const countOf = (refused: readonly Refusal[]): number => refused.reduce((sum, { count }) => sum + count, 0);
const newestOf = (refused: readonly Refusal[]): number => Math.max(...refused.map(({ lastAt }) => lastAt));
