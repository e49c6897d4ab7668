import type { ChangeAnswer } from "../../dashboard-api/models/model-routes.ts";
import { modelKeyOf } from "../../domain/model-name.ts";
import type { RouteSources } from "../dashboard/route-sources.ts";

/** A model to delete from a node. */
export interface Deletion {
  readonly model: string;
  readonly nodeId: string;
  /** Also when it is pinned or in memory. */
  readonly isForced: boolean;
}

const FORCE = "Send force: true to delete it all the same";

/** Deletes by the router's own route, which updates its lists before it answers. */
export async function deleteModel(sources: RouteSources, deletion: Deletion): Promise<ChangeAnswer> {
  const { ownPort } = sources;
  const refusal = whyNot(sources, deletion);
  if (refusal !== undefined) return refusal;
  const { model, nodeId } = deletion;
  const body = JSON.stringify({ model, node_id: nodeId });
  const response = await fetch(`${ownPort.url()}/api/delete`, { method: "DELETE", body });
  if (response.ok) {
    await response.arrayBuffer();
    return { kind: "done", nodeId };
  }
  const told = (await response.json().catch(() => ({}))) as { readonly error?: string };
  const hint = response.headers.get("x-herd-hint") ?? undefined;
  return { kind: "refused", status: response.status, error: told.error ?? "the node did not delete it", hint };
}

function whyNot({ fleet, models }: RouteSources, { model, nodeId, isForced }: Deletion): ChangeAnswer | undefined {
  const node = fleet.registry.snapshot().nodes.find((known) => known.nodeId === nodeId);
  if (node === undefined) return { kind: "refused", status: 404, error: `there is no node '${nodeId}'` };
  const key = modelKeyOf(model);
  const held = node.backends.flatMap((backend) => [...backend.models.values()]).find((one) => one.key === key);
  if (held === undefined)
    return { kind: "refused", status: 404, error: `${nodeId} does not have the model '${model}'` };
  if (isForced) return undefined;
  const pins = models.pins.all().filter((pin) => pin.nodeId === undefined || pin.nodeId === nodeId);
  if (pins.some((pin) => modelKeyOf(pin.model) === key))
    return { kind: "refused", status: 409, error: `'${model}' is pinned on ${nodeId}`, hint: FORCE };
  if (held.loaded === undefined) return undefined;
  return { kind: "refused", status: 409, error: `'${model}' is in memory on ${nodeId}`, hint: FORCE };
}
