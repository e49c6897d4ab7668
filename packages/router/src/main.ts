#!/usr/bin/env node
import { homedir } from "node:os";
import { runCli } from "./cli/run-cli.ts";
import { runRouter } from "./composition/run/run-router.ts";
import { readAgentOllama } from "./settings/agent-ollama.ts";
import { environment } from "./settings/environment.ts";
import { readSettings } from "./settings/read.ts";
import { start } from "./start.ts";

// Nobody reads any more, or the terminal was closed: no reason to end in the middle of things.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

const read = (flags: Readonly<Record<string, unknown>>, saved: Readonly<Record<string, unknown>> = {}) =>
  readSettings({ flags, env: environment(), homeDir: homedir(), saved });

process.exitCode = await runCli({
  argv: process.argv,
  env: environment(),
  resolve: (flags) => read(flags),
  run: ({ flags, withAgent }) =>
    runRouter({
      resolution: read(flags),
      resolveWith: (saved) => read(flags, saved),
      start,
      withAgent,
      ollamaUrlOf: ({ dataDir }) => readAgentOllama({ env: environment(), homeDir: homedir() }, dataDir),
    }),
});
