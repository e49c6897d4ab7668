import { InvalidArgumentError } from "commander";
import { parseRouterUrl } from "../asking/router-url.ts";
import type { Flag, Order } from "./command.ts";

/** `--router-url`: which router is asked. */
export const routerUrlFlag: Flag = {
  syntax: "--router-url <url>",
  meaning: "another router than the one of this machine",
  completes: [],
  read: (typed) => {
    const url = parseRouterUrl(typed);
    if (url === undefined) throw new InvalidArgumentError("A router's URL looks like http://router:11435.");
    return url;
  },
};

/** `--json`: what the router said. */
export const jsonFlag: Flag = {
  syntax: "--json",
  meaning: "the router's answer as JSON, for programs; what goes wrong, too",
};

/** A flag that takes a time between two looks, s. */
export const secondsFlag = (syntax: string, meaning: string): Flag => ({
  syntax,
  meaning,
  completes: [],
  read: (typed) => secondsOf(typed),
});

/** `--watch`: again and again. */
export const watchFlag: Flag = secondsFlag(
  "--watch [seconds]",
  "again and again, drawn in place on a terminal (every 2 s unless told)",
);

/** `--node`: one machine. */
export const nodeFlag = (meaning: string): Flag => ({ syntax: "--node <id>", meaning, completes: "nodes" });

/** `--model`: one model. */
export const modelFlag = (meaning: string): Flag => ({ syntax: "--model <name>", meaning, completes: "models" });

/** A flag that takes a whole number within bounds. */
export function countFlag(syntax: string, meaning: string, [least, most]: readonly [number, number]): Flag {
  const read = (typed: string): number => {
    const count = Number(typed);
    if (Number.isInteger(count) && count >= least && count <= most && typed.trim() !== "") return count;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
  return { syntax, meaning, completes: [], read };
}

/** A flag that takes one of a few words. */
export function choiceFlag(syntax: string, meaning: string, choices: readonly string[]): Flag {
  const read = (typed: string): string => {
    const word = choices.find((choice) => choice.toLowerCase() === typed.toLowerCase());
    if (word !== undefined) return word;
    throw new InvalidArgumentError(`It must be one of: ${choices.join(", ")}.`);
  };
  return { syntax, meaning, completes: choices, read };
}

/** How the order wants to be shown. */
export function showingOf({ flags }: Order): { readonly isJson: boolean; readonly everyS: number | undefined } {
  const { json, watch } = flags;
  return { isJson: json === true, everyS: watch === true ? USUAL_S : (watch as number | undefined) };
}

const USUAL_S = 2;

function secondsOf(typed: string): number {
  const seconds = Number(typed);
  if (seconds >= 0.2 && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError("It must be a time from 0.2 to 86400 seconds.");
}
