import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { mlxBackendActive } from "./mlx-backend-active.ts";

const listing = (...names: string[]) => ({ ollama: { models_loaded: [], models_available: names } as never });

describe("the check mlx_backend_active", () => {
  it("finds a machine that lists MLX models, with their names", () => {
    expect(foundBy(mlxBackendActive, { nodes: [{ heartbeat: listing("m:latest", "mlx:q", "mlx:r") }] })).toMatchObject([
      { severity: "info", details: { mlx_models: ["mlx:q", "mlx:r"], count: 2 } },
    ]);
  });

  it("stays silent where there are none", () => {
    expect(foundBy(mlxBackendActive, { nodes: [{ heartbeat: listing("mlx-like:latest") }] })).toEqual([]);
  });
});
