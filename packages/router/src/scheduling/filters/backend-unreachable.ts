import type { Filter } from "../contracts.ts";

export const backendUnreachable: Filter = {
  name: "backend-unreachable",
  meaning: "The machine reports, but the inference server on it does not answer; one that nothing was heard of stays",
  canYield: false,
  reject: ({ backend }) =>
    backend.reachability === "unreachable" ? { code: "backend-unreachable", facts: {} } : undefined,
  explain: () => "The machine is on, but the inference server (Ollama) on it does not answer",
};
