import { benchCommands } from "./bench/bench-commands.ts";
import { completionCommands } from "./completion/completion.ts";
import { nodeCommands } from "./fleet/node-commands.ts";
import { statusCommand } from "./fleet/status.ts";
import { topCommand } from "./fleet/top.ts";
import type { Command } from "./frame/command.ts";
import { doctorCommand } from "./health/doctor.ts";
import { recommendCommand } from "./health/recommend.ts";
import { logsCommand } from "./logs/logs.ts";
import { modelsCommand } from "./models/models.ts";
import { pullCommand } from "./models/pull.ts";
import { removeCommand } from "./models/remove.ts";
import { explainCommand } from "./requests/explain.ts";
import { tracesCommand } from "./requests/traces.ts";
import { settingsCommands } from "./settings/settings-commands.ts";

/** Every command that talks to a running router, in the order of the help; words come before those below them. */
export const commands: readonly Command[] = [
  statusCommand,
  topCommand,
  modelsCommand,
  pullCommand,
  removeCommand,
  explainCommand,
  tracesCommand,
  logsCommand,
  doctorCommand,
  recommendCommand,
  ...nodeCommands,
  ...settingsCommands,
  ...benchCommands,
  ...completionCommands,
];
