#!/usr/bin/env node
import { homedir } from "node:os";
import { argv, env, exit, stderr, stdout } from "node:process";
import { readCommand } from "./cli.ts";
import { endOnSignals } from "./end-on-signals.ts";
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
const print = (sentence: string): boolean => stdout.write(`${sentence}\n`);
try {
  endOnSignals(await startAgent(command.settings, { print, environment: env }));
} catch (error) {
  complain(error instanceof Error ? error.message : String(error));
  exit(1);
}
