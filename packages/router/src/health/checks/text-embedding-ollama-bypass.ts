import { counted } from "../../domain/text/counted.ts";
import type { Check } from "../check.ts";
import { tracesOf } from "../reading/evidence.ts";
import { listed } from "../reading/wording.ts";

/** Embeddings that Ollama computes on a node that has a server of its own for them. */
export const textEmbeddingOllamaBypass: Check = {
  id: "text_embedding_ollama_bypass",
  title: "Embeddings that pass by the server for them",
  meaning: "Ollama computed embeddings within 24 hours on a node that runs a server for text embeddings: information.",
  appliesTo: ({ traffic }) => (traffic.embedders?.size ?? 0) > 0,
  inspect: ({ traffic }) =>
    [...(traffic.embedders ?? [])].flatMap(([nodeId, offered]) => {
      const passed = (traffic.uses ?? []).filter(
        (cell) =>
          cell.kind === "embed" && cell.nodeId === nodeId && cell.day.requests > 0 && !offered.includes(cell.model),
      );
      if (passed.length === 0 || offered.length === 0) return [];
      const requests = passed.reduce((sum, { day }) => sum + day.requests, 0);
      const rows = (traffic.newest ?? []).filter((row) => row.kind === "embed" && row.nodeId === nodeId);
      return [
        {
          severity: "info" as const,
          nodeId,
          subject: "",
          title: "Embeddings pass by the server for them",
          description: `The Ollama of ${nodeId} computed ${counted(requests, "embedding")} with ${listed(passed.map(({ model }) => model))} in 24 hours; the node also runs a server for text embeddings with ${listed(offered)}.`,
          why: "In Ollama they take turns with the models that write texts; the other server computes them beside those.",
          fix: `Let the clients ask for ${listed(offered)}. Vectors of different models cannot be compared: what is indexed has to be embedded anew`,
          traces: tracesOf(rows),
          details: { requests, models: passed.map(({ model }) => model), offered },
        },
      ];
    }),
};
