import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { mlxMemoryBlocked } from "./mlx-memory-blocked.ts";

const server = (status: string, more: object = {}) => ({
  mlx_servers: [{ port: 11440, model: "mlx/q", status, ...more }],
});

describe("the check mlx_memory_blocked", () => {
  it("finds a server that is memory_blocked, one finding per port", () => {
    const two = {
      mlx_servers: [
        ...server("memory_blocked").mlx_servers,
        { port: 11441, model: "mlx/r", status: "memory_blocked", status_reason: "too large" },
      ],
    };
    expect(foundBy(mlxMemoryBlocked, { nodes: [{ heartbeat: two }] })).toMatchObject([
      { severity: "warning", subject: "11440", details: { port: 11440, model: "mlx/q" } },
      { severity: "warning", subject: "11441" },
    ]);
  });

  it("stays silent for a healthy one, for what cannot be read, and for machines that are off", () => {
    expect(foundBy(mlxMemoryBlocked, { nodes: [{ heartbeat: server("healthy") }] })).toEqual([]);
    expect(
      foundBy(mlxMemoryBlocked, { nodes: [{ heartbeat: { mlx_servers: [7, null, { status: "memory_blocked" }] } }] }),
    ).toEqual([]);
    expect(
      foundBy(mlxMemoryBlocked, { nodes: [{ heartbeat: server("memory_blocked"), snapshot: { status: "offline" } }] }),
    ).toEqual([]);
  });
});
