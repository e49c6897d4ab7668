import { environmentWith } from "./choose-node.mjs";
import { inCheckout, routerEnvironment, routerFlags, routerProgram } from "./places.mjs";
import { runChild } from "./processes/run-child.mjs";
import { say } from "./progress.mjs";
import { runTests } from "./run-tests.mjs";
import { exclusively, setUp } from "./set-up.mjs";
import { asSetupError } from "./setup-error.mjs";
import { compileEverything, compileStep, dashboardStep, installStep } from "./steps.mjs";

const product = [installStep, compileStep, dashboardStep];

/** @type {Readonly<Record<string, (args: readonly string[]) => Promise<number>>>} */
const subcommands = {
  start: (args) => runRouter(["up", ...args]),
  herd: (args) => runRouter(args),
  "herd-node": (args) => runProgram([inCheckout("packages", "node-agent", "dist", "main.js"), ...args]),
  "simulated-ollama": (args) => runProgram([inCheckout("packages", "simulated-ollama", "dist", "main.js"), ...args]),
  bench: (args) => runProgram([inCheckout("bench", "main.ts"), ...args]),
  conformance: (args) => runProgram([inCheckout("e2e", "protocols", "conformance", "main.ts"), ...args]),
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

/** @param {readonly string[]} args */
const runRouter = (args) => runProgram([...routerFlags, routerProgram, ...args], routerEnvironment);

/**
 * @param {readonly string[]} args for Node: its flags, the program and what that is to be given
 * @param {Readonly<Record<string, string>>} defaults variables that the caller's own win over
 */
async function runProgram(args, defaults = {}) {
  const node = await setUp(product);
  return runChild({ command: node, args: [...args], environment: { ...defaults, ...environmentWith(node) } });
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
