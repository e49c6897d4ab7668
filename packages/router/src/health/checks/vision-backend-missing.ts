import { counted } from "../../domain/text/counted.ts";
import type { Check } from "../check.ts";
import { reportingNodes } from "../nodes/each-node.ts";
import { weightsWithoutProgram } from "../nodes/weights-without-program.ts";
import { plainText } from "../words.ts";

/** Weights of image embeddings that nothing can run. */
export const visionBackendMissing: Check = {
  id: "vision_backend_missing",
  title: "Image embeddings without a program",
  meaning: "warning when weights for image embeddings lie on a machine that lacks the program to run them",
  appliesTo: () => true,
  inspect: (facts) =>
    reportingNodes(facts).flatMap(({ node: { nodeId }, facts: { heartbeat } }) => {
      const count = weightsWithoutProgram(heartbeat.vision_embedding_status);
      if (count === undefined) return [];
      return {
        severity: "warning" as const,
        nodeId,
        subject: "",
        title: `${plainText(nodeId)} cannot embed images`,
        description: `${counted(count, "model")} for image embeddings ${count === 1 ? "lies" : "lie"} there, but the program that runs them is missing.`,
        why: "Requests for image embeddings find no machine, or fewer than could serve them.",
        fix: "Install the runtime on that machine and restart its agent",
        command: "pip install onnxruntime",
        details: { cached_model_count: count, backend_available: false },
      };
    }),
};
