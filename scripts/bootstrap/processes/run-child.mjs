import { spawn } from "node:child_process";
import { exitCodeOf, onStopSignal } from "./stop-signals.mjs";

/**
 * Runs the command that all the set-up was for: it shares this process's input and output, receives the signals that this
 * process receives, and its end becomes this process's end.
 * @param {{ command: string, args: readonly string[], environment: NodeJS.ProcessEnv }} call
 * @returns {Promise<number>} the exit code to end with
 */
export function runChild({ command, args, environment }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: environment, stdio: "inherit" });
    const stop = onStopSignal((signal) => {
      if (!reachesTheChildAnyway(signal)) child.kill(signal);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      stop.ignore();
      resolve(exitCodeOf({ code, signal }));
    });
  });
}

/**
 * Ctrl-C on a terminal is sent to every process in the foreground; a forwarded copy would be a second Ctrl-C, which many
 * programs take as "now, without tidying up".
 * @param {NodeJS.Signals} signal
 */
function reachesTheChildAnyway(signal) {
  return signal === "SIGINT" && (process.stdin.isTTY === true || process.platform === "win32");
}
