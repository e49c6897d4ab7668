#!/usr/bin/env node
import { homedir } from "node:os";
import { argv, env, exit, pid, stderr, stdout } from "node:process";
import { whyNotFree } from "./claim/why-not-free.ts";
import { readCommand } from "./cli.ts";
import { endOnSignals } from "./end-on-signals.ts";
import { printProbe } from "./probe-command/print-probe.ts";
import type { AgentSettings } from "./settings/settings.ts";
import { startAgent } from "./start.ts";

// Nobody reads any more: no reason to end.
for (const stream of [stdout, stderr]) stream.on("error", () => undefined);
const complain = (sentence: string): boolean => stderr.write(`herd-node: ${sentence}\n`);

const command = readCommand({ argv, env, homeDir: homedir() });
if (command.kind === "refuse") {
  command.sentences.forEach(complain);
  exit(command.exitCode);
}
command.notices.forEach(complain);
if (command.kind === "probe") {
  const clocks = { wallClock: Date.now, monotonic: () => performance.now() };
  const terminal = { isTerminal: stdout.isTTY === true, columns: stdout.columns, env };
  const print = (text: string): boolean => stdout.write(text);
  // What was printed may still be on its way into a pipe: the program ends when it is through.
  await printProbe({ ...command, ...clocks, environment: env, terminal, print, complain });
} else {
  await run(command.settings);
}

async function run(settings: AgentSettings): Promise<void> {
  const taken = await whyNotFree(settings, { pid, routerUrl: settings.routerUrl, since: new Date().toISOString() });
  if (taken !== undefined) {
    complain(taken);
    exit(1);
  }
  const print = (sentence: string): boolean => stdout.write(`${sentence}\n`);
  try {
    endOnSignals(await startAgent(settings, { print, environment: env }));
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    exit(1);
  }
}
