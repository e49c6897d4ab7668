import type { Logger } from "pino";
import type { Router } from "../router.ts";
import { spawnChild } from "./child-program.ts";
import { type Kept, keepRunning } from "./keep-running.ts";
import type { OllamaProbe } from "./probe-ollama.ts";

/** What the demo is decided and started with. */
export interface DemoStart {
  readonly router: Pick<Router, "address" | "demo">;
  /** What answered where this machine's Ollama is to be. */
  readonly found: OllamaProbe;
  readonly log: Logger;
  /** Tells a person about the demo, line by line. */
  readonly say: (lines: readonly string[]) => void;
}

/** Ends of the demo's program close together after which it is not started again. */
const MOST_ENDS = 5;
/** Longest that the demo's program may take to end once it is told to, ms. */
const DISMISS_MS = 2_000;

/**
 * Starts the demo fleet where there is nothing to serve with and never was. It ends by itself when a real backend shows up:
 * one with a model anywhere, or any on this machine.
 */
export function startDemo(start: DemoStart): Kept {
  const { router, found, say } = start;
  if (found !== "nobody") return NO_DEMO;
  if (!router.demo.hasSeenBackend()) return runDemo(start);
  say(["not started: this data folder has known real backends"]);
  return NO_DEMO;
}

const NO_DEMO: Kept = { stop: () => Promise.resolve(), kill: () => undefined };

function runDemo({ router, log, say }: DemoStart): Kept {
  const { demo, address } = router;
  demo.open();
  const program = keepRunning({
    spawn: () => spawnChild({ program: "demo", flags: ["--router-url", `http://127.0.0.1:${address.port}`] }),
    mayReturn: (_code, endsInARow) => endsInARow < MOST_ENDS,
    onEnded: ({ code, isLast }) => {
      log.error({ exit_code: code }, isLast ? "the demo has ended too often: it stays off" : "the demo has ended");
      if (isLast) void demo.end();
      else demo.expectOtherKeys();
    },
    dismiss: (child) => {
      // Not a signal: those are ignored, since a terminal sends them to everybody.
      child.disconnect();
      const timer = setTimeout(() => child.kill("SIGKILL"), DISMISS_MS);
      child.once("exit", () => clearTimeout(timer));
    },
  });
  say(STARTED);
  let ending: Promise<void> | undefined;
  demo.onChange(() => {
    if (ending !== undefined) return;
    const real = demo.realBackends();
    if (real.kind === "none") return;
    say([real.kind === "models" ? `ends: ${real.node.nodeId} has joined with real models` : ENDS_FOR_EMPTY]);
    ending = demo.end().then(program.stop);
  });
  return program;
}

const STARTED = [
  "no backend was found on this machine, so three simulated ones serve models named demo-…",
  "Only programs on this machine see them; they go when a machine with a real model joins.",
];

const ENDS_FOR_EMPTY = "ends: an Ollama runs on this machine now. It has no model yet: ollama pull gemma3:1b";
