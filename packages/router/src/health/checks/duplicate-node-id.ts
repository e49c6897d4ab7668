import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { counted } from "../../domain/text/counted.ts";
import type { Check, Finding } from "../check.ts";
import type { Refusal } from "../facts/router-facts.ts";
import { nodeCommand } from "../reading/commands.ts";
import { startsAgent } from "../remedies/starting-agent.ts";
import { plainText, spanText } from "../words.ts";

/** A refusal that has not repeated for so long is no longer told, ms. */
const RECENT_MS = 10 * 60_000;
/** A refused agent knocks every 15 s: when it has missed three times it has gone, ms. */
const GONE_MS = 50_000;

/** Two agents with one name, or somebody who pretends to be another. */
export const duplicateNodeId: Check = {
  id: "duplicate_node_id",
  title: "Two agents with one node id",
  meaning:
    "warning when, within fifty seconds, an agent with another key or address reported under the id of a known machine, info when within ten",
  appliesTo: ({ router }) => router.refusals !== undefined,
  inspect: ({ now, fleet, router: { refusals = [] } }) => {
    const recent = refusals.filter(({ code, lastAt }) => code === "HERD_NODE_KEY_MISMATCH" && now - lastAt < RECENT_MS);
    return [...Map.groupBy(recent, ({ nodeId }) => nodeId)].map(([nodeId, refused]) =>
      findingOf(refused, { now, nodeId, owner: fleet.nodes.find((node) => node.nodeId === nodeId) }),
    );
  },
};

interface Taken {
  readonly now: number;
  readonly nodeId: string;
  readonly owner: NodeSnapshot | undefined;
}

function findingOf(refused: readonly Refusal[], { now, nodeId, owner }: Taken): Finding {
  const addresses = [...new Set(refused.map(({ address }) => address))].slice(0, 10);
  const count = countOf(refused);
  const age = now - newestOf(refused);
  const whose = owner === undefined ? "" : `; the id belongs to the machine at ${owner.address}`;
  return {
    severity: age >= GONE_MS ? "info" : "warning",
    isResolved: age >= GONE_MS,
    nodeId,
    subject: "",
    title: `Two agents say they are ${plainText(nodeId)}`,
    description: `${counted(count, "heartbeat")} under this id ${count === 1 ? "was" : "were"} refused, the last ${spanText(age)} ago, from ${addresses.map(plainText).join(", ")}${whose}.`,
    why: "The second agent does not join. If it is none of yours, somebody tries to get your prompts.",
    ...remedyOf(nodeId, owner),
    details: { addresses, owner: owner?.address ?? null, refused: count },
  };
}

/** The entry of a machine that still reports is not to be removed: whoever knocks next would get its name. */
const remedyOf = (nodeId: string, owner: NodeSnapshot | undefined): Pick<Finding, "fix" | "command"> =>
  owner === undefined || owner.status === "offline"
    ? {
        fix: "After a new installation of that machine remove its old entry; otherwise give the second agent another --node-id",
        command: nodeCommand("remove", nodeId),
      }
    : { fix: "Give the second agent a --node-id of its own", command: startsAgent(`${nodeId}-2`) };

const countOf = (refused: readonly Refusal[]): number => refused.reduce((sum, { count }) => sum + count, 0);
const newestOf = (refused: readonly Refusal[]): number => Math.max(...refused.map(({ lastAt }) => lastAt));
