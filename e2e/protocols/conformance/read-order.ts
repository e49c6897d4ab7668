import { parseArgs } from "node:util";

/** What somebody asked the suite for. */
export type Order =
  /** Two servers that run already. */
  | (Anyway & {
      readonly kind: "live";
      readonly direct: URL;
      readonly router: URL;
      readonly model: string | undefined;
      readonly allowsChanges: boolean;
    })
  /** A simulated Ollama and a router of its own in front of an equal one. */
  | (Anyway & { readonly kind: "own" })
  /** Recorded exchanges through a router of its own. */
  | (Anyway & { readonly kind: "recordings"; readonly folder: string | undefined });

interface Anyway {
  /** Only routes that contain this text. */
  readonly only: string | undefined;
  readonly asJson: boolean;
  /** The page is written. */
  readonly mustWrite: boolean;
}

/** The order, a wish to be told how to use the suite, or what is wrong with the command line, in a sentence. */
export type ReadOrder =
  | { readonly kind: "order"; readonly order: Order }
  | { readonly kind: "usage" }
  | { readonly kind: "problem"; readonly sentence: string };

/** Reads the command line. */
export function readOrder(args: readonly string[]): ReadOrder {
  const parsed = parse(args);
  if (typeof parsed === "string") return { kind: "problem", sentence: parsed };
  const { values, positionals } = parsed;
  if (values.help) return { kind: "usage" };
  const problem = problemOf(values, positionals);
  if (problem !== undefined) return { kind: "problem", sentence: problem };
  const anyway = { only: values.only, asJson: values.json, mustWrite: values.write };
  if (values.recordings) return { kind: "order", order: { ...anyway, kind: "recordings", folder: positionals[0] } };
  if (values.direct === undefined || values.router === undefined)
    return { kind: "order", order: { ...anyway, kind: "own" } };
  const [direct, router] = [urlOf(values.direct), urlOf(values.router)];
  if (direct === undefined) return { kind: "problem", sentence: notUrl("--direct", values.direct) };
  if (router === undefined) return { kind: "problem", sentence: notUrl("--router", values.router) };
  const allowsChanges = values["allow-changes"];
  return { kind: "order", order: { ...anyway, kind: "live", direct, router, model: values.model, allowsChanges } };
}

type Values = Exclude<ReturnType<typeof parse>, string>["values"];

/** What does not go together. */
function problemOf(values: Values, positionals: readonly string[]): string | undefined {
  const { direct, router, recordings } = values;
  const stray = positionals.at(recordings ? 1 : 0);
  if (stray !== undefined) return `"${stray}" is not expected there.`;
  if (direct === undefined && router === undefined) return problemWithoutServers(values);
  if (recordings) return "--recordings needs no servers: it does not go with --direct and --router.";
  if (direct === undefined) return "--direct is missing: both servers are needed, or none.";
  if (router === undefined) return "--router is missing: both servers are needed, or none.";
  return values.write ? ALONE : undefined;
}

function problemWithoutServers({
  model,
  write,
  only,
  recordings,
  "allow-changes": allowsChanges,
}: Values): string | undefined {
  if (model !== undefined || allowsChanges) return "--model and --allow-changes go with --direct and --router only.";
  return write && (recordings || only !== undefined) ? ALONE : undefined;
}

const ALONE = "--write goes alone: the page holds the whole run and the recordings.";

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        direct: { type: "string" },
        router: { type: "string" },
        model: { type: "string" },
        only: { type: "string" },
        "allow-changes": { type: "boolean", default: false },
        recordings: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        write: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    // Node's own sentence names the option; what it adds about `--` helps nobody here.
    return error instanceof Error
      ? `${(error.message.split(". ")[0] ?? error.message).replace(/\.$/, "")}.`
      : String(error);
  }
}

/** `localhost:11434` counts as well, as everywhere around Ollama. */
function urlOf(text: string): URL | undefined {
  const url = URL.parse(/^https?:\/\//.test(text) ? text : `http://${text}`);
  return url !== null && url.hostname !== "" && url.pathname === "/" ? url : undefined;
}

const notUrl = (option: string, value: string): string =>
  `${option} takes the address of a server such as http://127.0.0.1:11434, without a path, not "${value}".`;

/** How to use the suite. */
export const usage = `npm run conformance -- [options]

Asks an Ollama and a router the same and compares the answers, byte by byte. Exit code: 0 when nothing differs but what is
meant to, 1 when something does, 2 when the suite could not run.

  --direct <url>   your Ollama                 } without both: a simulated Ollama, and a
  --router <url>   the router in front of it   } router in front of an equal one
  --model <name>   the model to use; else the smallest that can do what a step needs
  --allow-changes  also the steps that change a disk, on names herd-conformance-* only, which are removed again
  --only <text>    only routes that contain this text, for example /v1/messages
  --recordings [folder]  recorded exchanges through a router in front of their replay, instead
  --json           prints the rows as JSON in place of the table
  --write          writes docs/conformance.md, from the simulated run and the recordings`;
