import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { mlxServerDown } from "./mlx-server-down.ts";

const server = (status: string, more: object = {}) => ({
  mlx_servers: [{ port: 11440, model: "mlx/q", status, ...more }],
});

describe("the check mlx_server_down", () => {
  it("finds a server that is stopped, one finding per port", () => {
    const two = {
      mlx_servers: [
        ...server("stopped").mlx_servers,
        { port: 11441, model: "mlx/r", status: "stopped", status_reason: "too large" },
      ],
    };
    expect(foundBy(mlxServerDown, { nodes: [{ heartbeat: two }] })).toMatchObject([
      { severity: "critical", subject: "11440", details: { port: 11440, model: "mlx/q" } },
      { severity: "critical", subject: "11441" },
    ]);
  });

  it("stays silent for a healthy one, for what cannot be read, and for machines that are off", () => {
    expect(foundBy(mlxServerDown, { nodes: [{ heartbeat: server("healthy") }] })).toEqual([]);
    expect(
      foundBy(mlxServerDown, { nodes: [{ heartbeat: { mlx_servers: [7, null, { status: "stopped" }] } }] }),
    ).toEqual([]);
    expect(
      foundBy(mlxServerDown, { nodes: [{ heartbeat: server("stopped"), snapshot: { status: "offline" } }] }),
    ).toEqual([]);
  });
});

describe("a server that starts", () => {
  it("is only warned of", () => {
    expect(foundBy(mlxServerDown, { nodes: [{ heartbeat: server("starting") }] })).toMatchObject([
      { severity: "warning" },
    ]);
  });
});
