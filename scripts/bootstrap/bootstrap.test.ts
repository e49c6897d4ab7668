import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { inCheckout } from "./places.mjs";

test("a subcommand that does not exist is answered with those that do", () => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [inCheckout("scripts", "bootstrap.mjs"), "dance"], {
    encoding: "utf8",
  });
  expect(status).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toBe(
    'herd: "dance" is not one of start, herd, herd-node, simulated-ollama, bench, conformance, build, test.\n',
  );
});
