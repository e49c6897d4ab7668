import { mkdirSync } from "node:fs";
import { chooseNode, nodeAtHand } from "./choose-node.mjs";
import { withLock } from "./lock.mjs";
import { inToolFolder, toolFolder } from "./places.mjs";
import { say } from "./progress.mjs";

/** @typedef {import("./steps.mjs").Step} Step */

/**
 * Does what is missing of the given steps, in their order, and nothing else. When nothing is missing, it takes a few
 * milliseconds, writes nothing and needs no network.
 * @param {readonly Step[]} steps
 * @returns {Promise<string>} path of the Node to go on with
 * @throws {import("./setup-error.mjs").SetupError}
 */
export async function setUp(steps) {
  const node = nodeAtHand();
  if (node !== undefined && steps.every((step) => step.isDone())) return node;
  return exclusively(async () => {
    const chosen = await chooseNode();
    for (const step of steps) {
      if (!step.isDone()) await step.run(chosen);
    }
    return chosen;
  });
}

/**
 * Runs work that changes the checkout while no other set-up does.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export function exclusively(work) {
  mkdirSync(toolFolder, { recursive: true });
  return withLock({
    folder: inToolFolder("lock"),
    onWait: (pid) => say(`Waiting for another set-up of this checkout (process ${pid}) …`),
    work,
  });
}
