import type { Check } from "../check.ts";
import { realReportingNodes } from "../nodes/each-node.ts";
import { plainText } from "../words.ts";

/** Machines whose memory bandwidth nobody knows. */
export const unknownBandwidth: Check = {
  id: "unknown_bandwidth",
  title: "Machines of unknown speed",
  meaning: "info when machines tell no memory bandwidth",
  appliesTo: () => true,
  inspect: (facts) => {
    const unknown = realReportingNodes(facts).filter(({ node }) => node.memoryBandwidth === undefined);
    if (unknown.length === 0) return [];
    const names = unknown.map(({ node }) => node.nodeId);
    return [
      {
        severity: "info",
        nodeId: undefined,
        subject: "",
        title: "Machines of unknown memory bandwidth",
        description: `${names.slice(0, 10).map(plainText).join(", ")}${names.length > 10 ? ` and ${names.length - 10} more` : ""} ${names.length === 1 ? "tells" : "tell"} none.`,
        why: "Until a model's speed there has been measured by use, the machine counts as average.",
        fix: "Nothing needs to be done: speeds are learned from requests; a benchmark learns them at once",
        command: "herd bench start",
        details: { nodes: names },
      },
    ];
  },
};
