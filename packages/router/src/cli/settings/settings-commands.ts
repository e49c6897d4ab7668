import { nearestName } from "@herd/shared";
import { harmlessText, jsonText, table } from "@herd/shared/terminal";
import { z } from "zod";
import { answerOf, type FormedAnswer } from "../asking/answer-of.ts";
import { askRouter } from "../asking/ask-router.ts";
import { type Seen, show } from "../asking/look.ts";
import { complain, type Trouble, tellTrouble } from "../asking/trouble.ts";
import type { Command, Order } from "../frame/command.ts";
import { DONE } from "../frame/exit-codes.ts";
import type { Shell } from "../frame/shell.ts";
import { jsonFlag, routerUrlFlag, showingOf } from "../frame/usual-flags.ts";
import { settingColumns, settingRow, settingText, shownValue } from "./setting-text.ts";
import { type SettingRead, settingsForm } from "./settings-form.ts";
import { typedValue } from "./typed-value.ts";

const KEY = {
  name: "KEY",
  meaning: "name of the setting, for example context_protection",
  completes: "settings",
} as const;

const list: Pick<Command, "flags" | "run"> = {
  flags: [{ syntax: "--changed", meaning: "only those that differ from their default" }, jsonFlag, routerUrlFlag],
  run: (order) => show(order.shell, () => look(order), showingOf(order)),
};

/** `herd settings …`. */
export const settingsCommands: readonly Command[] = [
  {
    words: ["settings"],
    summary: "the settings of the router that runs, and changing them",
    ...list,
    examples: [
      ["herd settings", "all of them"],
      ["herd settings get wait_deadline_s", "one, with its meaning and range"],
      ["herd settings set wait_deadline_s 120", "a change, in force at once"],
    ],
  },
  {
    words: ["settings", "list"],
    summary: "all settings: value, where it comes from, allowed values",
    ...list,
    examples: [
      ["herd settings list --changed", "only what is not the default"],
      ["herd settings list --json", "for programs"],
    ],
  },
  {
    words: ["settings", "get"],
    summary: "one setting: value, default, origin, range and meaning",
    arguments: [KEY],
    flags: [jsonFlag, routerUrlFlag],
    examples: [
      ["herd settings get auto_pull", "in words"],
      ["herd settings get auto_pull --json", "for programs"],
    ],
    run: (order) => show(order.shell, () => lookAtOne(order.shell, order.words[0] ?? ""), showingOf(order)),
  },
  {
    words: ["settings", "set"],
    summary: "change a setting of the router that runs",
    about:
      "The change is in force at once and kept. The router judges the value; what cannot change while it runs, or will be overruled by a flag or the environment at the next start, is told.",
    arguments: [
      KEY,
      { name: "VALUE", meaning: "a word, a number, true or false, a list with commas, or JSON", isMany: true },
    ],
    flags: [jsonFlag, routerUrlFlag],
    examples: [
      ["herd settings set context_protection warn", "a word"],
      ["herd settings set weights.thermal 60", "a member of a group"],
      ["herd settings set num_ctx_overrides '{\"gemma3:4b\": 8192}'", "a map, as JSON"],
    ],
    exits: [[1, "no router answered, or it refused the value"]],
    run: change,
  },
];

const settingsOf = ({ url, signal }: Shell) =>
  answerOf({ url, signal, path: "/dashboard/api/settings", form: settingsForm });

async function look({ shell, flags }: Order): Promise<Seen | Trouble> {
  const answer = await settingsOf(shell);
  if (answer.kind === "none") return answer;
  const isChanged = ({ value, default: usual }: SettingRead): boolean => jsonText(value, 0) !== jsonText(usual, 0);
  const shown = answer.read.settings.filter((one) => flags["changed"] !== true || isChanged(one));
  return {
    kind: "seen",
    content: flags["changed"] === true ? { settings: shown } : answer.content,
    text: ({ width, paint }) =>
      shown.length === 0
        ? "Every setting has its default.\n"
        : table({ columns: settingColumns, rows: shown.map(settingRow), width, paint }),
  };
}

async function lookAtOne(shell: Shell, key: string): Promise<Seen | Trouble> {
  const answer = await settingsOf(shell);
  if (answer.kind === "none") return answer;
  const setting = settingOf(answer, key);
  if (setting === undefined) return unknownKey(answer, key);
  return { kind: "seen", content: setting, text: (page) => settingText(setting, page) };
}

type Answer = FormedAnswer<z.output<typeof settingsForm>>;

const settingOf = ({ read }: Answer, key: string): SettingRead | undefined =>
  read.settings.find((one) => one.key.toLowerCase() === key.toLowerCase());

function unknownKey({ read }: Answer, key: string): Trouble {
  const parts = key.toLowerCase().split(/[._]/);
  const alike = read.settings.filter((one) => parts.some((part) => part.length > 2 && one.key.includes(part)));
  const nearest = nearestName(
    key.toLowerCase(),
    read.settings.map((one) => one.key),
  );
  const names = [...new Set([nearest, ...alike.map((one) => one.key)])]
    .filter((name) => name !== undefined)
    .slice(0, 5);
  return {
    kind: "none",
    reason: "refused",
    status: undefined,
    code: undefined,
    why: `there is no setting '${key}'`,
    fix: names.length === 0 ? "herd settings lists them" : `did you mean: ${names.join(", ")}?`,
  };
}

const changeForm = z.object({
  status: z.string().catch(""),
  updated: z.record(z.string(), z.unknown()).catch({}),
  notices: z.array(z.string()).catch([]),
});

async function change({ words, flags, shell }: Order): Promise<number> {
  const { url, signal } = shell;
  const [key = "", typed = ""] = words;
  const answer = await settingsOf(shell);
  if (answer.kind === "none") return tellTrouble(shell, answer);
  const setting = settingOf(answer, key);
  if (setting === undefined) return tellTrouble(shell, unknownKey(answer, key));
  const body = { [setting.key]: typedValue(typed, setting) };
  const changed = await askRouter({ url, signal, path: "/dashboard/api/settings", method: "POST", body });
  if (changed.kind === "none") return tellTrouble(shell, changed);
  const read = changeForm.safeParse(changed.content);
  if (!read.success) return complain(shell, `the answer of ${url} cannot be read`);
  if (flags["json"] === true) shell.print(`${jsonText(changed.content)}\n`);
  else tellChange(shell, setting, read.data);
  return DONE;
}

function tellChange(shell: Shell, setting: SettingRead, { updated, notices }: z.output<typeof changeForm>): void {
  const { key, value } = setting;
  const line = Object.hasOwn(updated, key)
    ? `${key} = ${shownValue(updated[key])} (was ${shownValue(value)})`
    : `${key} is ${shownValue(value)} already`;
  shell.print(`${harmlessText(line)}\n`);
  for (const notice of notices) shell.complain(`herd: ${harmlessText(notice)}\n`);
}
