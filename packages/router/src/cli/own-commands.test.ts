import { expect, test } from "vitest";
import { ownCommands } from "./own-commands.ts";

test("commands are named as they are typed: bare, or as npm's scripts in a checkout", () => {
  expect(ownCommands({})).toEqual({ herd: "herd", herdNode: "herd-node" });
  expect(ownCommands({ npm_lifecycle_event: "start" }).herd).toBe("npm run herd --");
  expect(ownCommands({ npm_lifecycle_event: "test" }).herdNode).toBe("herd-node");
});
