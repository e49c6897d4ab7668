import type { LoadedModel } from "@herd/shared";
import type { Check } from "../check.ts";
import { realReportingNodes } from "../nodes/each-node.ts";
import { unloadCommand } from "../reading/commands.ts";
import { gibText, plainText } from "../words.ts";

/** One model more than once in the memory of one machine. */
export const duplicateRunners: Check = {
  id: "duplicate_runners",
  title: "Models that lie in memory twice",
  meaning: "warning when one machine has the same model in memory more than once",
  appliesTo: () => true,
  inspect: (facts) =>
    realReportingNodes(facts).flatMap(({ node: { nodeId }, facts: { heartbeat } }) =>
      [...Map.groupBy(heartbeat.ollama.models_loaded, identityOf)].flatMap(([identity, runners]) => {
        const [first] = runners;
        if (runners.length < 2 || first === undefined) return [];
        const spare = runners.slice(1).reduce((sum, { size_gb }) => sum + size_gb, 0);
        const names = [...new Set(runners.map(({ name }) => plainText(name)))];
        return {
          severity: "warning" as const,
          nodeId,
          subject: identity,
          title: `${plainText(first.name)} lies in memory ${runners.length} times`,
          description: `${plainText(nodeId)} runs ${names.join(", ")} ${runners.length} times; ${gibText(spare)} of it are spare.`,
          why: "The memory is missing for other models, and requests take turns between the copies.",
          fix: "Unload it; the next request loads it once. Ask for the model with one context length everywhere",
          command: unloadCommand(facts.traffic.settings, first.name, nodeId),
          details: { model: first.name, runners: runners.length, spare_gb: spare },
        };
      }),
    ),
};

const identityOf = ({ digest, name }: LoadedModel): string => digest ?? name.toLowerCase();
