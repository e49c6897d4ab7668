import type { ServedModel } from "@herd/shared";
import type { z } from "zod";
import { type BackendAnswer, BackendCallError, jsonOf } from "../backend-call.ts";
import { type ServerDetails, servedModelOf } from "./model-facts.ts";
import type { ServerCalls } from "./server-calls.ts";
import { errorReply, type ModelEntry, modelsReply, propsReply, studioReply, versionReply } from "./server-wire.ts";
import { type Software, softwareNames, softwareOf } from "./software.ts";

/** What a server tells of itself. */
export interface ServerReading {
  /** Name of the program. */
  readonly software: string;
  /** Empty when it does not tell. */
  readonly version: string;
  /** Requests it computes at once; undefined when it does not tell. */
  readonly parallelism: number | undefined;
  readonly models: readonly ServedModel[];
}

/** Reads servers with OpenAI's API, with what their kind tells beyond it. */
export interface ServerReader {
  /** @throws BackendCallError when it does not answer as such a server does, or not yet */
  read(): Promise<ServerReading>;
  /** The server may be another one from now on. */
  forget(): void;
}

/** What reading needs. */
export interface ServerReaderDependencies {
  readonly calls: Pick<ServerCalls, "get" | "post">;
  /** Unix epoch ms. */
  readonly wallClock: () => number;
}

interface Identity {
  readonly key: string;
  readonly version: string;
  readonly embeds: boolean | undefined;
}

/** The list and what is in memory are read each time; what a server cannot change while it runs, once. */
export function createServerReader({ calls, wallClock }: ServerReaderDependencies): ServerReader {
  const seenAt = new Map<string, string>();
  let known: Identity | undefined;
  const firstSeen = (name: string): string => {
    const at = seenAt.get(name) ?? new Date(wallClock()).toISOString();
    seenAt.set(name, at);
    return at;
  };
  const read = async (): Promise<ServerReading> => {
    const answer = await calls.get(LIST_PATH);
    const entries = entriesOf(answer);
    const software = softwareOf(answer, entries);
    if (software === "herd") throw new BackendCallError("unreadable", HERD_ITSELF);
    const details = await detailsOf(calls, software);
    const key = `${software} ${entries.map(({ id }) => id).join(" ")}`;
    if (known?.key !== key) known = { key, ...(await identityOf(calls, software, details)) };
    const listing = { software, entries, details: { ...details, embeds: known.embeds } };
    return {
      software: softwareNames[software],
      version: details.props?.build_info ?? known.version,
      parallelism: details.props?.total_slots,
      models: entries.map((entry) => ({
        ...servedModelOf(entry, listing),
        modified_at: firstSeen(entry.id),
      })),
    };
  };
  const forget = (): void => {
    known = undefined;
  };
  return { read, forget };
}

const LIST_PATH = "/v1/models";
const HERD_ITSELF = "it is a herd router, and a fleet must not serve itself; to join it, name it with --router-url";

/** @throws BackendCallError when the answer is no list of models */
function entriesOf(answer: BackendAnswer): readonly ModelEntry[] {
  const { status } = answer;
  if (status === 503) throw new BackendCallError("starting", `it is not ready yet${messageIn(answer)}`);
  if (status === 401 || status === 403) throw new BackendCallError("unreadable", WANTS_KEY);
  if (status !== 200) throw new BackendCallError("unreadable", `${LIST_PATH} answered ${status}${messageIn(answer)}`);
  const parsed = modelsReply.safeParse(jsonOf(LIST_PATH, answer));
  if (parsed.success) return parsed.data.data ?? [];
  throw new BackendCallError("unreadable", `${LIST_PATH} gave no list of models in OpenAI's form`);
}

const WANTS_KEY = "it wants an API key, and an agent has none; start it without one, listening on 127.0.0.1 only";
const LONGEST_MESSAGE = 120;

/** Its own words, without what would steer a terminal. */
function messageIn({ text }: BackendAnswer): string {
  const parsed = errorReply.safeParse(parsedOrNothing(text));
  const message = (parsed.data?.error ?? "").replace(/\p{C}/gu, "").trim().slice(0, LONGEST_MESSAGE);
  return message === "" ? "" : ` (${message})`;
}

function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The status alone has to do.
    return undefined;
  }
}

/** What may change from one reading to the next. */
async function detailsOf(calls: Pick<ServerCalls, "get">, software: Software): Promise<ServerDetails> {
  switch (software) {
    case "llama-server":
      return { props: await readIfOffered(calls, "/props", propsReply) };
    case "lm-studio":
      return { studio: (await readIfOffered(calls, "/api/v0/models", studioReply))?.data };
    default:
      return {};
  }
}

/** What stays while the server runs. */
async function identityOf(
  calls: Pick<ServerCalls, "get" | "post">,
  software: Software,
  { props }: ServerDetails,
): Promise<Omit<Identity, "key">> {
  if (software === "vllm" || software === "sglang") {
    const told = await readIfOffered(calls, "/version", versionReply);
    return { version: told?.version ?? "", embeds: undefined };
  }
  const isPlain = software === "llama-server" && props?.role !== "router" && props?.is_sleeping !== true;
  return { version: "", embeds: isPlain ? await makesEmbeddings(calls) : undefined };
}

/** A llama-server tells nowhere that it was started for embeddings; one that was not refuses even an empty request for them. */
async function makesEmbeddings(calls: Pick<ServerCalls, "post">): Promise<boolean | undefined> {
  const { status } = await calls.post("/v1/embeddings", {});
  if (status === 501) return false;
  return status === 400 ? true : undefined;
}

/** Older versions do not have each route: what they do not tell stays unknown. */
async function readIfOffered<Schema extends z.ZodType>(
  calls: Pick<ServerCalls, "get">,
  path: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  const answer = await calls.get(path);
  if (answer.status !== 200) return undefined;
  const parsed = schema.safeParse(parsedOrNothing(answer.text));
  return parsed.success ? parsed.data : undefined;
}
