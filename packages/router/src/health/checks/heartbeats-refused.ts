import type { Check } from "../check.ts";
import { startsAgent } from "../remedies/starting-agent.ts";
import { plainText, spanText } from "../words.ts";

const RECENT_MS = 10 * 60_000;
/** One repeated heartbeat is no attack: an agent corrects its clock by the answer. */
const FROM = 3;

const FIXES: Readonly<Record<string, readonly [why: string, fix: string, command?: string]>> = {
  HERD_BAD_SIGNATURE: [
    "The machine does not join, or somebody pretends to be it.",
    "Restart herd-node on that machine; look who sends from that address when it runs nowhere there",
  ],
  HERD_REPLAYED: [
    "The machine counts as silent while its heartbeats are refused.",
    "Restart herd-node on that machine; see that only one agent runs there with this data folder",
  ],
  HERD_LEGACY_REFUSED: [
    "The machine does not join.",
    "Run this product's herd-node there, or set allow_legacy to true",
    "herd settings set allow_legacy true",
  ],
};

/** Agents that knock and are not let in. */
export const heartbeatsRefused: Check = {
  id: "heartbeats_refused",
  title: "Agents that are not let in",
  meaning:
    "warning when, within ten minutes, three or more heartbeats were refused for their signature, their time or their lack of one",
  appliesTo: ({ router }) => router.refusals !== undefined,
  inspect: ({ now, router: { refusals = [] } }) =>
    refusals.flatMap(({ nodeId, address, code, count, lastAt }) => {
      const found = FIXES[code];
      if (found === undefined || count < FROM || now - lastAt >= RECENT_MS) return [];
      const [why, fix, command = startsAgent(nodeId)] = found;
      return {
        severity: "warning" as const,
        nodeId,
        subject: `${code} ${address}`,
        title: `Heartbeats of ${plainText(nodeId)} are refused`,
        description: `${count} heartbeats from ${plainText(address)} were refused (${code}), the last ${spanText(now - lastAt)} ago.`,
        why,
        fix,
        command,
        details: { address, code, refused: count },
      };
    }),
};
