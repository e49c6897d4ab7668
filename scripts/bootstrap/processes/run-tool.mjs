import { spawn } from "node:child_process";
import { SetupError } from "../setup-error.mjs";
import { knownCause } from "./known-cause.mjs";
import { exitCodeOf, onStopSignal } from "./stop-signals.mjs";

const linesKept = 25;
const charactersKept = 100_000;

/**
 * One call of a tool whose output matters only when it fails.
 * @typedef {object} ToolCall
 * @property {string} command the program
 * @property {readonly string[]} args
 * @property {string} folder where it runs
 * @property {NodeJS.ProcessEnv} environment
 * @property {boolean} [throughShell] needed for `.cmd` files on Windows
 * @property {string} failure the sentence to end with when it fails
 */

/**
 * Runs a tool to its end without showing its output. A failure carries the last lines of that output. A signal that stops
 * the set-up stops the tool first.
 * @param {ToolCall} call
 * @returns {Promise<void>}
 * @throws {SetupError}
 */
export async function runTool(call) {
  const { code, output } = await runToEnd(call);
  if (code === 0) return;
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== "");
  throw new SetupError(`${call.failure}${knownCause(output)}`, { lastLines: lines.slice(-linesKept) });
}

/**
 * @param {ToolCall} call
 * @returns {Promise<{ code: number, output: string }>}
 */
function runToEnd(call) {
  return new Promise((resolve, reject) => {
    const child = spawn(call.command, call.args, {
      cwd: call.folder,
      env: call.environment,
      shell: call.throughShell ?? false,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const stop = onStopSignal((signal) => {
      child.once("close", () => process.exit(exitCodeOf({ code: null, signal })));
      child.kill("SIGTERM");
    });
    const output = collect(child);
    child.on("error", (cause) => {
      stop.ignore();
      reject(new SetupError(`${call.failure} (${call.command}: ${cause.message})`, { cause }));
    });
    child.on("close", (code) => {
      stop.ignore();
      resolve({ code: code ?? 1, output: output() });
    });
  });
}

/**
 * @param {import("node:child_process").ChildProcessByStdio<null, import("node:stream").Readable, import("node:stream").Readable>} child
 * @returns {() => string} the end of both outputs so far, in the order in which they came
 */
function collect(child) {
  let output = "";
  const keep = (/** @type {string} */ text) => {
    output = (output + text).slice(-charactersKept);
  };
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  return () => output;
}
