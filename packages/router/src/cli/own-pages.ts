import type { CommandPage, Exit } from "./frame/command.ts";

const routerExits: readonly Exit[] = [
  [0, "ended in order"],
  [1, "something failed"],
  [2, "wrong use or bad setting"],
  [3, "port taken, or this router runs already"],
  [4, "data folder or database unusable"],
];

/** `herd` itself. */
export const herdPage: CommandPage = {
  words: [],
  summary: "many machines running Ollama, one URL",
  about:
    "Without a command it runs the router. The options are settings of the router, and may stand before or behind a command; all settings: docs/reference/configuration.md. From a checkout, commands are typed as: npm run herd -- status",
  examples: [
    ["herd", "run the router"],
    ["herd up", "run the router and the agent of this machine"],
    ["herd up --port 12000", "the same on another port"],
    ["herd status", "the machines and what they do"],
    ["herd doctor", "what is wrong, and what to do about it"],
    ["herd explain", "why the newest request went where it went"],
    ["herd help traces", "more about one command"],
  ],
  exits: routerExits,
};

/** `herd up`. */
export const upPage: CommandPage = {
  words: ["up"],
  summary: "run the router and the agent of this machine",
  about: "The router goes on when the agent of this machine ends. The options are those of herd itself.",
  examples: [
    ["herd up", "on the usual port, 11435"],
    ["herd up --port 12000 --data-dir ~/.fleet-manager-2", "a second one beside it"],
    ["herd up --host 127.0.0.1", "for this machine alone"],
  ],
  exits: routerExits,
};

/** `herd help`. */
export const helpPage: CommandPage = {
  words: ["help"],
  summary: "the page of one command, or of all",
  arguments: [{ name: "COMMAND", meaning: "its words, for example: node drain", isOptional: true, isMany: true }],
  examples: [
    ["herd help", "all commands"],
    ["herd help node drain", "one of them"],
  ],
};
