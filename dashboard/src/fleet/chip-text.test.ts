import { expect, test } from "vitest";
import { sampleNode } from "../testing/sample-views.ts";
import { chipText } from "./chip-text.ts";

test("a processor is said in one line that leaves out what is not known", () => {
  const { hardware } = sampleNode();
  expect(chipText(hardware)).toBe("Apple M2 · 8 cores · arm64");
  expect(chipText({ ...hardware, chip: "", cores_physical: 1 })).toBe("1 core · arm64");
  expect(chipText({ ...hardware, chip: "", cores_physical: 0, arch: "" })).toBe("Hardware unknown");
});
