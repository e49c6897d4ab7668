import { constants } from "node:os";

const lookForParentEvery = 100;

/** @type {readonly NodeJS.Signals[]} */
const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Calls `stop` for every signal that asks this process to end, instead of ending it; also when npm has gone. npm passes a
 * signal to the shell it started this process in, and where that shell dies of it (dash does), nobody else tells us.
 * @param {(signal: NodeJS.Signals) => void} stop
 * @returns {{ ignore: () => void }} `ignore` gives the signals their own meaning back
 */
export function onStopSignal(stop) {
  const watch = watchParent(() => stop("SIGTERM"));
  const heard = (/** @type {NodeJS.Signals} */ signal) => {
    clearInterval(watch);
    stop(signal);
  };
  for (const signal of stopSignals) process.on(signal, heard);
  return {
    ignore: () => {
      clearInterval(watch);
      for (const signal of stopSignals) process.off(signal, heard);
    },
  };
}

/**
 * Started by hand, and perhaps to stay, this process outlives its parent; started by npm it does not.
 * @param {() => void} onGone called once
 */
function watchParent(onGone) {
  if (process.env["npm_lifecycle_event"] === undefined) return undefined;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    onGone();
  }, lookForParentEvery);
  return watch;
}

/**
 * The exit code that stands for how a child ended: its own, or 128 plus the signal's number, as a shell says it.
 * @param {{ code: number | null, signal: NodeJS.Signals | null }} end
 */
export function exitCodeOf({ code, signal }) {
  return signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0);
}
