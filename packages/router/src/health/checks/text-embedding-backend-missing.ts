import { counted } from "../../domain/text/counted.ts";
import type { Check } from "../check.ts";
import { reportingNodes } from "../nodes/each-node.ts";
import { weightsWithoutProgram } from "../nodes/weights-without-program.ts";
import { plainText } from "../words.ts";

/** Weights of text embeddings that nothing can run. */
export const textEmbeddingBackendMissing: Check = {
  id: "text_embedding_backend_missing",
  title: "Text embeddings without a program",
  meaning: "warning when weights for text embeddings lie on a machine that lacks the program to run them",
  appliesTo: () => true,
  inspect: (facts) =>
    reportingNodes(facts).flatMap(({ node: { nodeId }, facts: { heartbeat } }) => {
      const count = weightsWithoutProgram(heartbeat.text_embedding_status);
      if (count === undefined) return [];
      return {
        severity: "warning" as const,
        nodeId,
        subject: "",
        title: `${plainText(nodeId)} cannot embed text outside Ollama`,
        description: `${counted(count, "model")} for text embeddings ${count === 1 ? "lies" : "lie"} there, but the program that runs them is missing.`,
        why: "Embeddings go to Ollama instead, where they take turns with chats.",
        fix: "Install the runtime on that machine and restart its agent, or pull an embedding model into its Ollama",
        command: "pip install fastembed",
        details: { cached_model_count: count, backend_available: false },
      };
    }),
};
