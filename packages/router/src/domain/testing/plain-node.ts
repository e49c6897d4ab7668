import { modelKey, nodeId } from "@herd/shared";
import { type ModelSnapshot, type NodeSnapshot, unknownModel } from "../fleet-snapshot.ts";

/** A model on disk of which only the name is known. */
export function plainModel(name: string, wishes: Partial<ModelSnapshot> = {}): ModelSnapshot {
  return { ...unknownModel(name, modelKey(name)), ...wishes };
}

/** A machine that is online and has told nothing but the least, without backends. */
export function plainNode(id: string, wishes: Partial<NodeSnapshot> = {}): NodeSnapshot {
  return {
    nodeId: nodeId(id),
    status: "online",
    isDraining: false,
    isLegacy: false,
    isSimulated: false,
    address: "127.0.0.1",
    lastHeartbeatAt: 0,
    cpu: { cores_physical: 1, utilization_pct: 0 },
    memory: { total_gb: 1, used_gb: 0, available_gb: 1, pressure: "normal", wired_gb: 0, compressed_gb: 0 },
    gpus: [],
    disk: undefined,
    thermal: undefined,
    power: undefined,
    capacity: undefined,
    chip: "",
    arch: "",
    memoryBandwidth: undefined,
    agentVersion: "",
    backends: [],
    findings: [],
    ...wishes,
  };
}
