import type { Heartbeat } from "@herd/shared";
import { toGib } from "@herd/shared";
import type { FleetSnapshot, ModelSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { ModelBook } from "../../recommend/catalogue/model-book.ts";
import type { ModelUse } from "../../traces/queries/models/model-use.ts";

/** What the view is made of. */
export interface ManagementFacts {
  readonly fleet: FleetSnapshot;
  readonly uses: readonly ModelUse[];
  readonly book: ModelBook;
  readonly heartbeatOf: (node: NodeSnapshot) => Heartbeat | undefined;
  /** When a node itself last answered, Unix epoch ms. */
  readonly answeredAt: (nodeId: string) => number | undefined;
  /** Unix epoch seconds. */
  readonly now: number;
}

/** Without a request for so long a model counts as unused, days. */
const UNUSED_AFTER_DAYS = 7;
const DAY_S = 86_400;

/** Models on each node, in the predecessor's form: loaded ones first, then the most recently used. */
export function managementView(facts: ManagementFacts): object {
  const uses = new Map(facts.uses.map((use) => [`${use.node_id} ${use.model}`, use]));
  return { nodes: facts.fleet.nodes.map((node) => nodeView(node, facts, uses)) };
}

type Uses = ReadonlyMap<string, ModelUse>;

function nodeView(node: NodeSnapshot, facts: ManagementFacts, uses: Uses) {
  const models = node.backends
    .flatMap((backend) => [...backend.models.values()])
    .map((model) => modelView(model, { facts, use: uses.get(`${node.nodeId} ${model.name}`) }))
    .toSorted(
      (one, other) =>
        Number(other.loaded_in_vram) - Number(one.loaded_in_vram) ||
        (other.last_used ?? 0) - (one.last_used ?? 0) ||
        (one.name < other.name ? -1 : 1),
    );
  const heartbeat = facts.heartbeatOf(node);
  const disk = heartbeat?.models_disk ?? heartbeat?.disk ?? undefined;
  const answeredAt = facts.answeredAt(node.nodeId);
  return {
    node_id: node.nodeId,
    status: node.status,
    ...(node.isSimulated ? { simulated: true } : {}),
    models,
    total_size_gb: Math.round(models.reduce((sum, model) => sum + model.size_gb, 0) * 100) / 100,
    disk_available_gb: disk?.available_gb ?? null,
    disk_total_gb: disk?.total_gb ?? null,
    answered_at: answeredAt === undefined ? null : answeredAt / 1000,
  };
}

interface About {
  readonly facts: ManagementFacts;
  readonly use: ModelUse | undefined;
}

function modelView(model: ModelSnapshot, { facts: { book, now }, use }: About) {
  const shown = { name: model.name, digest: model.digest, capabilities: model.capabilities };
  const known = book.find(shown);
  const days = use === undefined ? null : Math.floor((now - use.last_used) / DAY_S);
  return {
    name: model.name,
    display_name: known?.display_name ?? model.name.replace(/:latest$/, ""),
    category: book.categoryOf(shown),
    ...diskFacts(model),
    context_length: model.loaded?.contextLength ?? null,
    last_used: use?.last_used ?? null,
    days_unused: days,
    total_requests: use?.requests ?? 0,
    loaded_in_vram: model.loaded !== undefined,
    unused: days === null || days >= UNUSED_AFTER_DAYS,
  };
}

const diskFacts = ({ sizeBytes, digest, facts }: ModelSnapshot) => ({
  size_gb: toGib(sizeBytes ?? 0),
  parameter_size: facts.parameterSize ?? "",
  quantization: facts.quantization ?? "",
  digest: digest ?? null,
  modified_at: facts.modifiedAt ?? null,
});
