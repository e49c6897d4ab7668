import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { AGENT_VERSION } from "./version.ts";

test("the version that the agent states is the package's", () => {
  const declared = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(AGENT_VERSION).toBe(declared.version);
});
