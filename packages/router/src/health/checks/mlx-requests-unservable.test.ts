import { describe, expect, it } from "vitest";
import { foundIn, rowsOf } from "../testing/traffic-fixtures.ts";
import { mlxRequestsUnservable } from "./mlx-requests-unservable.ts";

const MLX = { status: "failed", errorCode: "HERD_MODEL_NOT_FOUND", askedModel: "mlx:org/x", nodeId: "" } as const;

describe("the check mlx_requests_unservable", () => {
  it("finds requests for an MLX model that nobody serves", () => {
    expect(foundIn(mlxRequestsUnservable, { traffic: { ends: rowsOf(2, MLX) } })).toMatchObject([
      { severity: "warning", details: { models: { "mlx:org/x": 2 } } },
    ]);
  });

  it("stays silent for other names, and once a server has it", () => {
    expect(foundIn(mlxRequestsUnservable, { traffic: { ends: rowsOf(2, { ...MLX, askedModel: "x" }) } })).toEqual([]);
    expect(
      foundIn(mlxRequestsUnservable, { traffic: { ends: rowsOf(2, { ...MLX, errorCode: "HERD_NODE_FAILED" }) } }),
    ).toEqual([]);
  });
});
