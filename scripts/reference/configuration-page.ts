import { agentSettings } from "../../packages/node-agent/src/settings/settings.ts";
import { routerSettings } from "../../packages/router/src/settings/settings.ts";
import { describeSettings, type SettingRow, type SettingsDeclaration } from "../../packages/shared/src/index.ts";
import { code, markdownTable, plain } from "./markdown-table.ts";

const INTRODUCTION = `# Configuration

Every setting of the router (\`herd\`) and of the agent (\`herd-node\`) has a default; nothing needs to be set.

## Where a value comes from

The strongest source that names a setting decides:

1. a flag on the command line
2. an environment variable
3. the env file: \`env\` in the data folder, or the file that \`FLEET_ENV_FILE\` names
4. what the dashboard has saved (router only)
5. the config file: \`config.json\` in the data folder, or the file that \`--config\` names
6. the default

A value that is not allowed stops the start and is named with its setting, its source and what is allowed; no weaker source takes over in
silence. Only a saved value that is not allowed is passed over, with a line at the start.

- **Environment and env file.** Numbers are written plainly, in the unit of the table. True and false may be \`true\`, \`false\`, \`1\`, \`0\`,
  \`yes\`, \`no\`, \`on\` or \`off\`. Lists stand between commas, maps are JSON objects. An empty variable counts as not set, unless the setting
  is a text or list that may be empty. An unknown \`FLEET_\` name is reported with the nearest valid one.
- **Env file.** Lines of \`NAME=value\`, with an optional \`export\`, comments from \`#\` and one layer of quotes.
- **Config file.** One JSON object for both programs: the router's settings at the top level, the agent's inside \`node\`. A setting with
  a dot in its name may stand inside an object. An unknown key stops the start and is reported with the nearest valid one.

\`\`\`json
{
  "port": 11435,
  "weights": { "thermal": 60 },
  "node": { "router_url": "http://router:11435" }
}
\`\`\``;

/** The page of all settings, from their declarations. */
export function configurationPage(): string {
  return [
    INTRODUCTION,
    ...programSection({ title: "Router: `herd`", declaration: routerSettings }),
    ...programSection({ title: "Agent: `herd-node`", declaration: agentSettings }),
  ].join("\n\n");
}

function programSection({
  title,
  declaration,
}: {
  readonly title: string;
  readonly declaration: SettingsDeclaration<unknown>;
}): string[] {
  const { later, ignored } = declaration;
  return [
    `## ${title}`,
    markdownTable(
      ["Setting", "Flag", "Environment", "Default", "Allowed", "Unit", "Meaning"],
      describeSettings(declaration).map(tableRow),
    ),
    `Names of the predecessor that are accepted without effect in this version: ${codes([...later.env, ...later.flags])}.`,
    `Names of the predecessor that are accepted and ignored: ${codes([...ignored.env, ...ignored.flags])}.`,
  ];
}

function tableRow(row: SettingRow): readonly string[] {
  const flag = row.flag === undefined ? "" : code(row.flag);
  const env = row.env.map(code).join(", ");
  return [code(row.key), flag, env, plain(row.default), plain(row.range), row.unit ?? "", plain(row.meaning)];
}

function codes(names: readonly string[]): string {
  return names.map(code).join(", ");
}
