import { type FleetSnapshot, type Holder, type ModelSnapshot, unknownModel } from "../domain/fleet-snapshot.ts";
import { isCloudKey } from "../domain/model-name.ts";
import type { RequestFacts } from "../domain/request.ts";

/**
 * Who can serve a model of Ollama's cloud that no node lists: every Ollama, since it passes such requests on. Nothing of the
 * model is in the node's own memory, and nothing has to be loaded. Empty for any other name.
 */
export function cloudHolders(
  fleet: FleetSnapshot,
  { model, modelKey }: Pick<RequestFacts, "model" | "modelKey">,
): readonly Holder[] {
  if (!isCloudKey(modelKey)) return [];
  return fleet.nodes.flatMap((node) =>
    node.backends
      .filter(({ kind }) => kind === "ollama")
      .map((backend) => ({
        node,
        backend,
        model: remoteModel(model, modelKey),
        laneKey: `${node.nodeId}:${modelKey}`,
      })),
  );
}

const remoteModel = (name: string, key: ModelSnapshot["key"]): ModelSnapshot => ({
  ...unknownModel(name, key),
  loaded: { sizeBytes: 0, vramBytes: 0, contextLength: 0 },
});
