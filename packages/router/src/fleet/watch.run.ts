import { connect } from "node:net";
import type { NodeId } from "@herd/shared";
import type { NodeSnapshot } from "../domain/fleet-snapshot.ts";
import type { Registry } from "./registry.ts";

/** What the watch needs from outside. */
export interface WatchDependencies {
  readonly registry: Registry;
  /** Unix epoch ms. */
  readonly now: () => number;
  /** Silence after which a node's port is probed, ms. */
  readonly probeAfterMs: number;
  readonly connectTimeoutMs: number;
  /** The machine does not answer any more: its attempts must move on. */
  readonly onVanished: (node: NodeId, detail: string) => void;
  /** A node's status changed by age alone. */
  readonly onStatus: (node: NodeSnapshot) => void;
}

/** A silent node is probed again after this time, ms. */
const PROBE_EVERY_MS = 5_000;

/** Watches the nodes' signs of life: a machine that vanished sends no reset, so it is asked for one. */
export class Watch {
  readonly #dependencies: WatchDependencies;
  readonly #probedAt = new Map<NodeId, number>();

  constructor(dependencies: WatchDependencies) {
    this.#dependencies = dependencies;
  }

  /** Call it about once a second. */
  tick(): void {
    const { registry, now, probeAfterMs, onStatus } = this.#dependencies;
    for (const node of registry.sweep()) onStatus(node);
    for (const node of registry.snapshot().nodes) {
      const silentMs = node.lastHeartbeatAt === undefined ? 0 : now() - node.lastHeartbeatAt;
      const isDue = now() - (this.#probedAt.get(node.nodeId) ?? 0) >= PROBE_EVERY_MS;
      if (silentMs >= probeAfterMs && node.status !== "offline" && isDue) this.check(node, "it missed its heartbeats");
    }
  }

  /** Asks the node's own port whether anybody is there; when nobody is, its attempts end. */
  check(node: NodeSnapshot, reason: string): void {
    const { now, registry, connectTimeoutMs, onVanished } = this.#dependencies;
    const port = portToProbe(node, registry);
    if (port === undefined) return;
    this.#probedAt.set(node.nodeId, now());
    void probe(port, connectTimeoutMs).then((fault) => {
      const wasHeardOf = registry.record(node.nodeId)?.lastHeartbeatAt !== node.lastHeartbeatAt;
      if (fault === undefined || wasHeardOf) return;
      registry.noteUnreachable(node.nodeId, { detail: fault, isNodeRefusing: true });
      if (node.backends[0]?.route.kind !== "loopback") onVanished(node.nodeId, `${reason}, and its port: ${fault}`);
    });
  }
}

interface Port {
  readonly host: string;
  readonly port: number;
}

/** The gateway where there is one: it tells the agent's life even when Ollama is reached directly. */
function portToProbe(node: NodeSnapshot, registry: Registry): Port | undefined {
  const route = node.backends[0]?.route;
  if (route === undefined) return undefined;
  const { hostname, port } = new URL(route.origin);
  const gateway = registry.record(node.nodeId)?.heartbeat.gateway?.port;
  return { host: hostname.replace(/^\[|\]$/g, ""), port: gateway ?? (port === "" ? 80 : Number(port)) };
}

/** undefined when the port accepts a connection, else why not. */
function probe({ host, port }: Port, timeoutMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (fault: string | undefined): void => {
      socket.destroy();
      resolve(fault);
    };
    socket.setTimeout(timeoutMs, () => end(`no answer within ${timeoutMs} ms`));
    socket.once("connect", () => end(undefined));
    socket.once("error", (error) => end(error.message));
  });
}
