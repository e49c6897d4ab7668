import { type FieldProblem, type Heartbeat, type ModelKey, type NodeId, nodeId } from "@herd/shared";
import type { FleetSnapshot, LoadTerms, NodeFinding, NodeSnapshot } from "../domain/fleet-snapshot.ts";
import { type BackendPlace, memoryKeyOf, OLLAMA_ID, placeOf } from "./backends/backend-id.ts";
import { sightOf } from "./backends/sight-of.ts";
import { fleetSnapshotOf } from "./fleet-snapshot-of.ts";
import type { LivenessBounds } from "./liveness.ts";
import type { Inventory, ModelTraits, NodeOrigin, NodeRecord } from "./node-record.ts";
import { nodeSnapshotOf, type SnapshotContext, sightEndsAt, statusOf } from "./node-snapshot-of.ts";
import {
  emptyRecord,
  lacksInventory,
  withInventory,
  withoutBadSigns,
  withoutLoaded,
  withoutModel,
  withoutServedModel,
} from "./record-changes.ts";
import { withHeartbeat } from "./with-heartbeat.ts";

/** What the registry needs from outside. */
export interface RegistryDependencies {
  /** Unix epoch ms. */
  readonly now: () => number;
  readonly bounds: LivenessBounds;
  readonly medianDecodeSpeed: () => number | undefined;
  /** Called after every change that scheduling could care about. */
  readonly onChange: () => void;
}

/** A report as it arrived. */
export interface ArrivedReport {
  readonly heartbeat: Heartbeat;
  readonly origin: NodeOrigin;
  readonly dropped: readonly FieldProblem[];
}

/** A node as stored, before it reports again. */
export interface StoredRecord {
  readonly heartbeat: Heartbeat;
  readonly origin: NodeOrigin;
  readonly inventory: Inventory;
}

/** A node's snapshot and what it was built from. */
interface BuiltSnapshot {
  readonly record: NodeRecord;
  readonly snapshot: NodeSnapshot;
  /** How many digests' traits were known. */
  readonly traits: number;
  /** It holds until then, Unix epoch ms. */
  readonly until: number;
}

/** Keeps what is known of every node and gives it out as one frozen snapshot. */
export class Registry {
  readonly #dependencies: RegistryDependencies;
  readonly #records = new Map<NodeId, NodeRecord>();
  readonly #traits = new Map<string, ModelTraits>();
  readonly #built = new Map<NodeId, BuiltSnapshot>();
  #version = 0;
  #cached: FleetSnapshot | undefined;

  constructor(dependencies: RegistryDependencies) {
    this.#dependencies = dependencies;
  }

  /** Takes a heartbeat. `isNew` when the node was unknown or only known from the store. */
  accept(report: ArrivedReport): { readonly isNew: boolean; readonly needsInventory: boolean } {
    const id = nodeId(report.heartbeat.node_id);
    const previous = this.#records.get(id);
    const next = withHeartbeat(previous, report, this.#dependencies.now());
    this.#records.set(id, next);
    this.#changed();
    // An agent that has just sent all it knows has nothing more to say when asked again.
    const isFull = (report.heartbeat.ollama.models_available_meta ?? undefined) !== undefined;
    return { isNew: previous?.lastHeartbeatAt === undefined, needsInventory: !isFull && lacksInventory(next) };
  }

  /** Takes a stored node: known by name and models, offline until it reports. */
  restore(stored: StoredRecord): void {
    const id = nodeId(stored.heartbeat.node_id);
    if (this.#records.has(id)) return;
    this.#records.set(id, emptyRecord(stored));
    this.#changed();
  }

  /** The node takes no new work until its next ordinary heartbeat. */
  drain(id: NodeId): boolean {
    return this.#update(id, (record) => ({ ...record, isDraining: true }));
  }

  /** An operator's word: the node takes no new work until that is taken back. */
  cordon(id: NodeId, isCordoned: boolean): boolean {
    return this.#update(id, (record) => ({ ...record, isCordoned }));
  }

  remove(id: NodeId): boolean {
    const wasKnown = this.#records.delete(id);
    this.#built.delete(id);
    if (wasKnown) this.#changed();
    return wasKnown;
  }

  /** A call failed to reach the backend; `isNodeRefusing` when the node's own port refused. */
  noteUnreachable(place: BackendPlace, sign: { readonly detail: string; readonly isNodeRefusing: boolean }): void {
    const { node, backendId } = placeOf(place);
    this.#update(node, (record) => ({
      ...record,
      isRefusing: record.isRefusing || sign.isNodeRefusing,
      signs: new Map(record.signs).set(backendId, { reachability: "unreachable", detail: sign.detail }),
    }));
  }

  /** A call was answered: earlier signs of trouble with that backend are over. */
  noteAnswered(place: BackendPlace): void {
    const { node, backendId } = placeOf(place);
    this.#update(node, (record) => withoutBadSigns(record, backendId));
  }

  /** A model answered, so it is loaded on these terms, whatever the last heartbeat said. */
  noteLoaded(place: BackendPlace, key: ModelKey, terms: LoadTerms): void {
    const { node, backendId } = placeOf(place);
    this.#update(node, (record) => {
      const backend = this.#nodeSnapshot(record, this.#context()).backends.find(({ id }) => id === backendId);
      const known = record.seenLoaded.get(memoryKeyOf(backendId, key));
      const seen = sightOf({ at: this.#dependencies.now(), terms, known, model: backend?.models.get(key) });
      const goneFromMemory = new Map([...record.goneFromMemory].filter(([gone]) => gone !== key));
      const seenLoaded = new Map(record.seenLoaded).set(memoryKeyOf(backendId, key), seen);
      return { ...record, goneFromMemory, seenLoaded };
    });
  }

  /** A backend said it does not have a model it was believed to have. */
  noteMissing(place: BackendPlace, key: ModelKey): void {
    const { node, backendId } = placeOf(place);
    const now = this.#dependencies.now();
    this.#update(node, (record) =>
      backendId === OLLAMA_ID ? withoutModel(record, key, now) : withoutServedModel(record, key, backendId),
    );
  }

  /** The router asked a node's Ollama what it has in memory; of these models it named none. */
  noteUnloaded(id: NodeId, gone: ReadonlySet<ModelKey>): void {
    const now = this.#dependencies.now();
    this.#update(id, (record) => withoutLoaded(record, gone, now));
  }

  /** Using the node showed something odd; it stays until a call is answered. */
  noteFinding(id: NodeId, finding: NodeFinding): void {
    this.#update(id, (record) => {
      const others = record.useFindings.filter((known) => known.id !== finding.id);
      return { ...record, useFindings: [...others, finding] };
    });
  }

  /** The router asked a node's Ollama for its models and got them. */
  noteInventory(id: NodeId, found: Inventory & { readonly names: readonly string[] }): void {
    const now = this.#dependencies.now();
    this.#update(id, (record) => withInventory(record, found, now));
  }

  /** The router read the version of the node's Ollama. */
  noteVersion(id: NodeId, version: string): void {
    this.#update(id, (record) => ({ ...record, foundVersion: version }));
  }

  /** Capabilities and trained context of a model, by digest. */
  noteTraits(digest: string, traits: ModelTraits): void {
    this.#traits.set(digest, traits);
    this.#changed();
  }

  hasTraits(digest: string): boolean {
    return this.#traits.has(digest);
  }

  /** Reads the clock anew. Returns the nodes whose status changed by age alone. */
  sweep(): readonly NodeSnapshot[] {
    const before = new Map(this.snapshot().nodes.map((node) => [node.nodeId, node.status]));
    this.#cached = undefined;
    const moved = this.snapshot().nodes.filter((node) => before.get(node.nodeId) !== node.status);
    if (moved.length > 0) this.#dependencies.onChange();
    return moved;
  }

  record(id: NodeId): NodeRecord | undefined {
    return this.#records.get(id);
  }

  records(): readonly NodeRecord[] {
    return [...this.#records.values()];
  }

  /** One node now, without a look at all the others. */
  node(id: NodeId): NodeSnapshot | undefined {
    const record = this.#records.get(id);
    return record === undefined ? undefined : this.#nodeSnapshot(record, this.#context());
  }

  /** The fleet now; rebuilt only after a change. */
  snapshot(): FleetSnapshot {
    this.#cached ??= this.#build();
    return this.#cached;
  }

  #build(): FleetSnapshot {
    this.#version += 1;
    const context = this.#context();
    const nodes = [...this.#records.values()].map((record) => this.#nodeSnapshot(record, context));
    const medianDecodeSpeed = this.#dependencies.medianDecodeSpeed();
    return fleetSnapshotOf(nodes, { version: this.#version, medianDecodeSpeed });
  }

  #context(): SnapshotContext {
    const { now, bounds } = this.#dependencies;
    return { now: now(), bounds, traitsOf: (digest) => this.#traits.get(digest) };
  }

  /** A node that did not change keeps its snapshot: most changes are about one node. */
  #nodeSnapshot(record: NodeRecord, context: SnapshotContext): NodeSnapshot {
    const built = this.#built.get(record.nodeId);
    const isFresh = built?.record === record && built.traits === this.#traits.size && context.now <= built.until;
    if (isFresh && built.snapshot.status === statusOf(record, context)) return built.snapshot;
    const snapshot = nodeSnapshotOf(record, context);
    const until = sightEndsAt(record, context.now);
    this.#built.set(record.nodeId, { record, snapshot, traits: this.#traits.size, until });
    return snapshot;
  }

  #changed(): void {
    this.#cached = undefined;
    this.#dependencies.onChange();
  }

  #update(id: NodeId, change: (record: NodeRecord) => NodeRecord): boolean {
    const record = this.#records.get(id);
    if (record === undefined) return false;
    const next = change(record);
    if (next === record) return true;
    this.#records.set(id, next);
    this.#changed();
    return true;
  }
}
