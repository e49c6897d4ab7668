import type { ChoiceReason, RouterChoice } from "./choose-router.ts";
import type { RouterSighting } from "./router-sighting.ts";

/** How to name a router by hand. */
export const BY_HAND = "herd-node --router-url http://ROUTER:11435";

const MOST_NAMED = 5;

const reasons: Readonly<Record<ChoiceReason, string>> = {
  home: "this machine belongs to its fleet",
  only: "it is the only one",
  answering: "it did not fail to answer",
  "own-machine": "it runs on this machine",
  newer: "the others are of the predecessor",
  lowest: "its fleet id is the lowest, so every new agent of this network chooses it",
};

/** What is said when a router was chosen: which, why, and how to join another one instead. */
export function chosenSentence(choice: Extract<RouterChoice, { readonly kind: "chosen" }>, isAgain: boolean): string {
  const { sighting, url, reason, others } = choice;
  const who =
    sighting === undefined ? `the router at ${url}, where its fleet was reached last` : describe(sighting, url);
  const found = isAgain ? "found again by mDNS" : "found by mDNS";
  if (others.length === 0) return `Router ${found}: ${who}`;
  const count = others.length + Number(sighting !== undefined);
  return `${count} router${count === 1 ? "" : "s"} ${found}. Joining ${who}, since ${reasons[reason]}. ${othersSentence(others)}`;
}

/** Names other routers with the line to join each. */
function othersSentence(others: readonly RouterSighting[]): string {
  const named = others.slice(0, MOST_NAMED).map((other) => {
    const url = other.urls[0] ?? "";
    return `${describe(other, url)}, joined instead with: herd-node --router-url ${url}`;
  });
  const rest = others.length - named.length;
  return `Also there: ${named.join("; ")}${rest > 0 ? `; and ${rest} more` : ""}`;
}

/** What is said now and then while no router is found. */
export function stillLookingSentence(lookingForMs: number): string {
  return `No router found by mDNS for ${duration(lookingForMs)}, still looking. Fix: start herd on this network, or name the router: ${BY_HAND}`;
}

/** What is said while this machine's own fleet is away and others are there. */
export function homeAwaySentence(url: string, others: readonly RouterSighting[]): string {
  return `The router of this machine's fleet (last at ${url}) does not answer and is looked for; no other fleet is joined by itself. ${othersSentence(others)}`;
}

function describe({ name, host, fleetId }: RouterSighting, url: string): string {
  const kind = fleetId === undefined ? " (of the predecessor)" : "";
  return `"${name}"${host === "" ? "" : ` on ${host}`} at ${url}${kind}`;
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
