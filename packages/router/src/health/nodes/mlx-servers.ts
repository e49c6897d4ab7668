import type { Heartbeat } from "@herd/shared";

/** An MLX server as agents of the predecessor report it. */
export interface MlxServer {
  readonly port: number;
  readonly model: string;
  /** healthy, starting, unhealthy, memory_blocked, quarantined or stopped. */
  readonly status: string;
  readonly reason: string;
  /** GiB; undefined when not told. */
  readonly sizeGb: number | undefined;
}

/** The MLX servers of a heartbeat; what cannot be read is left out. */
export const mlxServersOf = ({ mlx_servers: servers }: Heartbeat): readonly MlxServer[] =>
  (servers ?? []).flatMap((server) => readServer(server) ?? []);

function readServer(told: unknown): MlxServer | undefined {
  if (typeof told !== "object" || told === null) return undefined;
  const { port, model, status, status_reason, model_size_gb } = told as Record<string, unknown>;
  if (typeof port !== "number" || typeof model !== "string" || typeof status !== "string") return undefined;
  return {
    port,
    model,
    status,
    reason: typeof status_reason === "string" ? status_reason : "",
    sizeGb: typeof model_size_gb === "number" ? model_size_gb : undefined,
  };
}
