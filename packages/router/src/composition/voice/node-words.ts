import { countOf, harmlessText, sizeOf } from "@herd/shared/terminal";
import type { BackendSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";

/** `3 models, 24 GB GPU, 192.168.1.20`: what a machine brings, as one reads it in a line. */
export function nodeWords(node: NodeSnapshot): string {
  const answering = node.backends.filter(({ reachability }) => reachability !== "unreachable");
  const servers = answering.filter(({ kind }) => kind !== "ollama").map(backendWords);
  const parts = [
    answering.length === 0 ? "no Ollama that answers" : countOf(modelsOn(answering), "model"),
    ...servers,
    gpuWords(node),
    node.backends[0]?.route.kind === "loopback" ? "this machine" : node.address,
    node.isLegacy ? "agent of the predecessor, unsigned" : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** Models by name: two backends may have the same. */
const modelsOn = (backends: readonly BackendSnapshot[]): number =>
  new Set(backends.flatMap(({ models }) => [...models.keys()])).size;

/** `Ollama 0.24.0`, `llama-server b9000`; without the version where it is not known. */
export const backendWords = ({ kind, software, version }: BackendSnapshot): string =>
  harmlessText(`${kind === "ollama" ? "Ollama" : (software ?? "another backend")} ${version}`.trim());

/** Memory that only graphics processors have; where they share the machine's, that is what counts. */
function gpuWords({ gpus, memory }: NodeSnapshot): string {
  const dedicated = gpus.map((gpu) => gpu.vram_total_gb).filter((size) => size > 0);
  if (dedicated.length > 1) return `${dedicated.length} GPUs with ${sizeOf(dedicated.reduce((a, b) => a + b))} GB`;
  if (dedicated.length === 1) return `${sizeOf(dedicated[0] ?? 0)} GB GPU`;
  return `${sizeOf(memory.total_gb)} GB memory`;
}
