#!/usr/bin/env node
import { homedir } from "node:os";
import { runCli } from "./cli/run-cli.ts";
import { runRouter } from "./composition/run/run-router.ts";
import { environment } from "./settings/environment.ts";
import { readSettings } from "./settings/read.ts";
import { start } from "./start.ts";

const read = (flags: Readonly<Record<string, unknown>>) =>
  readSettings({ flags, env: environment(), homeDir: homedir() });

process.exitCode = await runCli({
  argv: process.argv,
  portOf: (flags) => read(flags).values.port,
  run: ({ flags, withAgent }) => runRouter({ resolution: read(flags), start, withAgent }),
});
