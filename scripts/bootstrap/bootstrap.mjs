import { environmentWith } from "./choose-node.mjs";
import { inCheckout } from "./places.mjs";
import { runChild } from "./processes/run-child.mjs";
import { say } from "./progress.mjs";
import { runTests } from "./run-tests.mjs";
import { exclusively, setUp } from "./set-up.mjs";
import { asSetupError } from "./setup-error.mjs";
import { compileEverything, compileStep, dashboardStep, installStep } from "./steps.mjs";

const product = [installStep, compileStep, dashboardStep];

/** @type {Readonly<Record<string, (args: readonly string[]) => Promise<number>>>} */
const subcommands = {
  start: (args) => runProgram("router", ["up", ...args]),
  herd: (args) => runProgram("router", args),
  "herd-node": (args) => runProgram("node-agent", args),
  bench: async (args) => {
    const node = await setUp(product);
    return runChild({
      command: node,
      args: [inCheckout("bench", "main.ts"), ...args],
      environment: environmentWith(node),
    });
  },
  build: async () => {
    await setUp(product);
    return 0;
  },
  test: async (args) => {
    const node = await setUp([installStep]);
    const builds = [await succeeds(() => setUp([dashboardStep])), await succeeds(() => compileForTests(node))];
    return runTests({ node, filters: args, failedBuilds: builds.filter((succeeded) => !succeeded).length });
  },
};

/**
 * Sets up what is missing and runs a subcommand.
 * @param {readonly string[]} args of this process: a subcommand, then what it is to be given
 * @returns {Promise<number>} the exit code
 */
export async function bootstrap([name = "", ...args]) {
  const run = subcommands[name];
  if (run === undefined) {
    say(`"${name}" is not one of ${Object.keys(subcommands).join(", ")}.`);
    return 2;
  }
  try {
    return await run(args);
  } catch (error) {
    report(asSetupError(error));
    return 1;
  }
}

/**
 * @param {string} packageName
 * @param {readonly string[]} args
 */
async function runProgram(packageName, args) {
  const node = await setUp(product);
  const program = inCheckout("packages", packageName, "dist", "main.js");
  return runChild({ command: node, args: [program, ...args], environment: environmentWith(node) });
}

/** @param {string} node */
const compileForTests = (node) => exclusively(() => compileEverything(node));

/**
 * A build that fails is no reason to run no test: it is shown, and counts as one that failed.
 * @param {() => Promise<unknown>} build
 */
async function succeeds(build) {
  try {
    await build();
    return true;
  } catch (error) {
    report(asSetupError(error));
    return false;
  }
}

/** @param {import("./setup-error.mjs").SetupError} error */
function report(error) {
  for (const line of error.lastLines) process.stderr.write(`  | ${line}\n`);
  say(error.message);
}
