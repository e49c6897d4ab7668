import type { DecisionsView, FleetQueue, FleetStatus, HeartbeatReply, RouterIdentity } from "@herd/shared";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type ErrorCode, HerdError } from "../domain/errors.ts";
import type { HeartbeatSignature } from "./enrolment.ts";
import type { HeartbeatCall } from "./heartbeat-door.ts";

/** What the fleet's routes are given. */
export interface FleetDoors {
  readonly enter: (call: HeartbeatCall) => HeartbeatReply;
  readonly identity: () => RouterIdentity;
  /** With or without the machines of the demo, as the two below. */
  readonly status: (withDemo: boolean) => FleetStatus;
  readonly queue: (withDemo: boolean) => FleetQueue;
  /** The decisions of a request; `last` names the newest. undefined when none is kept. */
  readonly decisions: (requestId: string, withDemo: boolean) => DecisionsView | undefined;
  readonly removeNode: (nodeId: string) => boolean;
  readonly bodyOf: (request: FastifyRequest) => Uint8Array;
  /** The router's clock, Unix epoch ms. */
  readonly now: () => number;
}

const HEADERS = { key: "x-herd-key", time: "x-herd-time", signature: "x-herd-signature" } as const;

/** A node with ten thousand models needs about three; beyond it, nothing in it is read. MiB. */
const LARGEST_HEARTBEAT_MIB = 4;

/** `POST /heartbeat` and `/fleet/*`. */
export function addFleetRoutes(server: FastifyInstance, doors: FleetDoors): void {
  server.post("/heartbeat", { config: { access: "agent" } }, (request, reply) =>
    answerHeartbeat(doors, request, reply),
  );
  server.get("/fleet/identity", () => doors.identity());
  server.get("/fleet/status", (request) => doors.status(request.isLoopback));
  server.get("/fleet/queue", (request) => doors.queue(request.isLoopback));
  server.get<{ Params: { id: string } }>("/fleet/decisions/:id", (request, reply) => {
    const found = doors.decisions(request.params.id, request.isLoopback);
    return found ?? tell(reply, new HerdError("HERD_UNKNOWN_REQUEST", request.params.id));
  });
  server.delete<{ Params: { id: string } }>("/fleet/nodes/:id", { config: { access: "change" } }, (request, reply) => {
    const { id } = request.params;
    return doors.removeNode(id)
      ? { status: "removed", node_id: id }
      : tell(reply, new HerdError("HERD_UNKNOWN_NODE", id));
  });
}

function answerHeartbeat(doors: FleetDoors, request: FastifyRequest, reply: FastifyReply): unknown {
  try {
    const body = doors.bodyOf(request);
    if (body.length > LARGEST_HEARTBEAT_MIB * 2 ** 20)
      throw new HerdError("HERD_BODY_TOO_LARGE", String(LARGEST_HEARTBEAT_MIB));
    return doors.enter({
      body,
      address: request.clientAddress,
      signature: signatureOf(request),
    });
  } catch (error) {
    if (!(error instanceof HerdError)) throw error;
    // The router's time goes along so that an agent with a wrong clock can correct itself.
    return tell(reply, error, { router_time_ms: doors.now() });
  }
}

function signatureOf({ headers }: FastifyRequest): HeartbeatSignature | undefined {
  const publicKey = headers[HEADERS.key];
  const time = Number(headers[HEADERS.time]);
  const signature = headers[HEADERS.signature];
  if (typeof publicKey !== "string" || typeof signature !== "string" || !Number.isFinite(time)) return undefined;
  return { publicKey, time, signature };
}

function tell(reply: FastifyReply, error: HerdError, more: object = {}): unknown {
  const code: ErrorCode = error.code;
  reply.code(error.entry.status).header("x-herd-error", code);
  const field = error.field === undefined ? {} : { field: error.field };
  return { error: error.message, code, ...field, hint: error.entry.hint, ...more };
}
