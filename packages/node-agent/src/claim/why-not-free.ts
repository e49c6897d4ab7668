import { type ClaimedNode, type ClaimHolder, claimNode } from "./claim-node.ts";

/**
 * Claims the node for this process. Resolves to the sentence that refuses the start when another agent has it; to
 * undefined when it is ours, or when nothing can be claimed there: a folder that cannot be used is told by the start.
 */
export async function whyNotFree(node: ClaimedNode, own: ClaimHolder): Promise<string | undefined> {
  try {
    const claim = await claimNode(node, own);
    return claim.kind === "taken" ? takenSentence(node, claim.holder) : undefined;
  } catch {
    return undefined;
  }
}

function takenSentence({ nodeId, dataDir }: ClaimedNode, { pid, routerUrl, since }: Partial<ClaimHolder>): string {
  const facts = [
    pid === undefined ? "" : `pid ${pid}`,
    routerUrl === undefined || routerUrl === "" ? "" : `router ${routerUrl}`,
    since === undefined ? "" : `since ${since}`,
  ].filter((fact) => fact !== "");
  const who = facts.length === 0 ? "" : ` (${facts.join(", ")})`;
  return `another herd-node runs on this machine as '${nodeId}' with the data folder ${dataDir}${who}. Fix: stop it, or start this one with another --node-id and --gateway-port`;
}
