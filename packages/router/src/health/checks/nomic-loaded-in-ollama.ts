import type { Check } from "../check.ts";
import { unloadCommand } from "../reading/commands.ts";
import { presentModels } from "../reading/real-models.ts";
import { gibOf, gibText } from "../words.ts";

const NOMIC = /nomic-embed/i;

/** Nomic's embedding model in Ollama's memory beside a server of its own for it. */
export const nomicLoadedInOllama: Check = {
  id: "nomic_loaded_in_ollama",
  title: "An embedding model that is in memory twice",
  meaning:
    "A node runs a server for text embeddings that offers a nomic-embed model, and its Ollama has one in memory, too: information.",
  appliesTo: ({ traffic }) => (traffic.embedders?.size ?? 0) > 0,
  inspect: ({ fleet, traffic }) =>
    presentModels(fleet).flatMap(({ node, backend, model }) => {
      const offers = traffic.embedders?.get(node.nodeId)?.some((name) => NOMIC.test(name)) === true;
      if (!offers || backend.kind !== "ollama" || model.loaded === undefined || !NOMIC.test(model.name)) return [];
      return [
        {
          severity: "info" as const,
          nodeId: node.nodeId,
          subject: model.name,
          title: "An embedding model is in memory twice",
          description: `${node.nodeId} runs a server for text embeddings, and its Ollama holds ${model.name} beside it (${gibText(gibOf(model.loaded.sizeBytes))}).`,
          why: "It takes memory and one of the places for loaded models, which a larger model could have.",
          fix: "Unload it from Ollama, and let clients ask for the server's model",
          command: unloadCommand(traffic.settings, model.name, node.nodeId),
          details: { model: model.name, size_gb: gibOf(model.loaded.sizeBytes) },
        },
      ];
    }),
};
