import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { mlxServerQuarantined } from "./mlx-server-quarantined.ts";

const server = (status: string, more: object = {}) => ({
  mlx_servers: [{ port: 11440, model: "mlx/q", status, ...more }],
});

describe("the check mlx_server_quarantined", () => {
  it("finds a server that is quarantined, one finding per port", () => {
    const two = {
      mlx_servers: [
        ...server("quarantined").mlx_servers,
        { port: 11441, model: "mlx/r", status: "quarantined", status_reason: "too large" },
      ],
    };
    expect(foundBy(mlxServerQuarantined, { nodes: [{ heartbeat: two }] })).toMatchObject([
      { severity: "critical", subject: "11440", details: { port: 11440, model: "mlx/q" } },
      { severity: "critical", subject: "11441" },
    ]);
  });

  it("stays silent for a healthy one, for what cannot be read, and for machines that are off", () => {
    expect(foundBy(mlxServerQuarantined, { nodes: [{ heartbeat: server("healthy") }] })).toEqual([]);
    expect(
      foundBy(mlxServerQuarantined, { nodes: [{ heartbeat: { mlx_servers: [7, null, { status: "quarantined" }] } }] }),
    ).toEqual([]);
    expect(
      foundBy(mlxServerQuarantined, { nodes: [{ heartbeat: server("quarantined"), snapshot: { status: "offline" } }] }),
    ).toEqual([]);
  });
});
