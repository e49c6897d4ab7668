import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { modelsFileRefused } from "./models-file-refused.ts";

describe("the check models_file_refused", () => {
  it("finds a list that is not used, with its place and what is wrong", () => {
    const modelsFile = { path: "/data/models.json", problem: "models.3.size_bytes: Invalid input" };
    expect(foundBy(modelsFileRefused, { router: { modelsFile } })).toMatchObject([
      { severity: "warning", description: expect.stringContaining("/data/models.json: models.3.size_bytes") },
    ]);
  });

  it("stays silent without such a file, and where it is used", () => {
    expect(foundBy(modelsFileRefused)).toEqual([]);
  });
});
