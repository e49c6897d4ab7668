import { type FieldProblem, type HeartbeatReply, nodeId, parseHeartbeat } from "@herd/shared";
import { type ErrorCode, HerdError } from "../domain/errors.ts";
import {
  type EnrolledNode,
  type EnrolmentPolicy,
  type EnrolmentVerdict,
  enrol,
  type HeartbeatSignature,
} from "./enrolment.ts";
import type { Registry } from "./registry.ts";

/** One heartbeat as it arrived. */
export interface HeartbeatCall {
  readonly body: Uint8Array;
  readonly address: string;
  readonly signature: HeartbeatSignature | undefined;
}

/** What the door needs from outside. */
export interface HeartbeatDoorDependencies {
  readonly registry: Registry;
  /** Unix epoch ms, never running backwards. */
  readonly now: () => number;
  readonly isOwnAddress: (address: string) => boolean;
  readonly policy: EnrolmentPolicy;
  readonly routerVersion: string;
  readonly isGenuine: (signature: HeartbeatSignature, body: Uint8Array) => boolean;
  /** Whether a machine of the demo may report from this address now. */
  readonly mayBeSimulated: (address: string) => boolean;
  /** A heartbeat entered; told once per heartbeat. */
  readonly onAccepted: (accepted: AcceptedHeartbeat) => void;
  readonly onRefused: (refused: {
    readonly nodeId: string;
    readonly address: string;
    readonly error: HerdError;
  }) => void;
}

/** What became of an accepted heartbeat. */
export interface AcceptedHeartbeat {
  readonly nodeId: string;
  readonly publicKey: string | undefined;
  readonly lastTime: number;
  readonly address: string;
  readonly isNew: boolean;
  readonly isDrain: boolean;
  readonly dropped: readonly FieldProblem[];
  /** The node's own clock, Unix epoch ms; undefined when it did not tell. */
  readonly nodeTime: number | undefined;
}

interface RefusedHeartbeat {
  readonly nodeId: string;
  readonly address: string;
  readonly code: ErrorCode;
}

/** Lets heartbeats in: reads them, checks who sent them, hands them to the registry, answers. */
export class HeartbeatDoor {
  readonly #dependencies: HeartbeatDoorDependencies;
  readonly #enrolled = new Map<string, EnrolledNode>();

  constructor(dependencies: HeartbeatDoorDependencies) {
    this.#dependencies = dependencies;
  }

  /** What is on record from earlier runs. */
  restore(id: string, node: EnrolledNode): void {
    this.#enrolled.set(id, node);
  }

  /** Forgets a node, so that another key may take its id. */
  forget(id: string): void {
    this.#enrolled.delete(id);
  }

  /**
   * Takes one heartbeat.
   * @throws HerdError HERD_BAD_HEARTBEAT, HERD_NODE_KEY_MISMATCH, HERD_BAD_SIGNATURE, HERD_REPLAYED, HERD_LEGACY_REFUSED,
   * HERD_SIMULATED_REFUSED.
   */
  enter(call: HeartbeatCall): HeartbeatReply {
    const parsed = parseHeartbeat(parseJson(call.body));
    if (parsed.kind === "refused") {
      const { path, reason } = parsed.problem;
      throw new HerdError("HERD_BAD_HEARTBEAT", `${path}: ${reason}`, { field: path });
    }
    const id = parsed.kind === "drain" ? parsed.nodeId : parsed.heartbeat.node_id;
    const isSimulated = parsed.kind === "report" && parsed.heartbeat.simulated === true;
    if (isSimulated && !this.#dependencies.mayBeSimulated(call.address))
      throw this.#refused({ nodeId: id, address: call.address, code: "HERD_SIMULATED_REFUSED" });
    const verdict = this.#judge(id, call);
    this.#enrolled.set(id, { publicKey: verdict.publicKey, address: call.address, lastTime: verdict.time });
    const entered = { nodeId: id, publicKey: verdict.publicKey, lastTime: verdict.time, address: call.address };
    if (parsed.kind === "drain") {
      this.#dependencies.registry.drain(nodeId(id));
      this.#dependencies.onAccepted({ ...entered, isNew: false, isDrain: true, dropped: [], nodeTime: undefined });
      return { status: "draining", node_id: id, router_time_ms: this.#dependencies.now() };
    }
    const { registry, isOwnAddress } = this.#dependencies;
    const origin = { address: call.address, isLocal: isOwnAddress(call.address), publicKey: verdict.publicKey };
    const { heartbeat, dropped } = parsed;
    const nodeTime = heartbeat.timestamp === undefined ? undefined : heartbeat.timestamp * 1000;
    const { isNew, needsInventory } = registry.accept({ heartbeat, origin, dropped });
    this.#dependencies.onAccepted({ ...entered, isNew, isDrain: false, dropped, nodeTime });
    return this.#reply(needsInventory && verdict.publicKey !== undefined);
  }

  #judge(id: string, { body, address, signature }: HeartbeatCall): Extract<EnrolmentVerdict, { kind: "accepted" }> {
    const { policy, now, isOwnAddress, isGenuine } = this.#dependencies;
    const known = this.#enrolled.get(id);
    const request = { nodeId: id, address, isLocal: isOwnAddress(address), signature, known, policy, now: now() };
    const verdict = enrol(request, (given) => isGenuine(given, body));
    if (verdict.kind === "accepted") return verdict;
    throw this.#refused({ nodeId: id, address, code: verdict.code });
  }

  /** Tells of a refusal and gives the error to throw. */
  #refused({ nodeId: id, address, code }: RefusedHeartbeat): HerdError {
    const error = new HerdError(code, id, { field: "node_id" });
    this.#dependencies.onRefused({ nodeId: id, address, error });
    return error;
  }

  #reply(needsInventory: boolean): HeartbeatReply {
    const { now, routerVersion } = this.#dependencies;
    const commands = needsInventory
      ? [{ type: "report_inventory", reason: "the router does not know sizes and facts of all models" }]
      : [];
    return { status: "ok", node_status: "online", commands, router_time_ms: now(), router_version: routerVersion };
  }
}

/** undefined when it is not JSON: parsing a heartbeat refuses that as it refuses any other wrong body. */
function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
