import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { mlxRoutingDisabled } from "./mlx-routing-disabled.ts";

const server = (status: string) => ({ mlx_servers: [{ port: 11440, model: "q", status }] });

describe("the check mlx_routing_disabled", () => {
  it("finds a healthy server of the predecessor's agent, and says how this product's agent uses it", () => {
    expect(
      foundBy(mlxRoutingDisabled, { nodes: [{ heartbeat: server("healthy"), snapshot: { isLegacy: true } }] }),
    ).toMatchObject([{ severity: "warning", command: "herd-node --backend http://127.0.0.1:11440" }]);
  });

  it("stays silent for servers that are down, and for agents of this product", () => {
    expect(
      foundBy(mlxRoutingDisabled, { nodes: [{ heartbeat: server("stopped"), snapshot: { isLegacy: true } }] }),
    ).toEqual([]);
    expect(foundBy(mlxRoutingDisabled, { nodes: [{ heartbeat: server("healthy") }] })).toEqual([]);
  });
});
