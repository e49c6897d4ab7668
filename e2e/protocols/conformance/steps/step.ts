import { createHash } from "node:crypto";
import type { Pairs, WireRequest } from "../wire/message.ts";

/** Something that a model must be able to do, or must not, for a step to say anything. */
export interface ModelWish {
  readonly has: readonly string[];
  readonly lacks?: readonly string[];
  /** What does as well where no model is like that. */
  readonly orElse?: ModelWish;
}

/** What a step's request is made for. */
export interface StepPlace {
  /** The model that the step's wish led to; empty when it has none. */
  readonly model: string;
  /** `host:port` of the server that is asked. */
  readonly host: string;
  /** Different in every pass, of constant length: what a pass uploads is new to the server. */
  readonly mark: string;
}

/** One request that both sides are asked. */
export interface Step {
  /** As the route table names it: `POST /api/blobs/:digest`. */
  readonly route: string;
  /** What is special about it, unique within its route. */
  readonly name: string;
  readonly request: (place: StepPlace) => WireRequest;
}

/** Steps that belong together and are asked of one side after the other, in this order. */
export interface Scenario {
  readonly steps: readonly Step[];
  readonly wish?: ModelWish;
  /** Changes what is on a disk: only on request, and only names that the scenario has made itself. */
  readonly isChanging?: boolean;
  /** Why it is never asked of somebody's own backend. */
  readonly onlySimulated?: string;
}

/** What may differ from an ordinary JSON request. */
export interface Extras {
  /** In place of the usual headers; a body's length is added. */
  readonly headers?: (place: StepPlace) => Pairs;
  readonly framing?: "length" | "chunked";
  readonly httpVersion?: string;
}

/** A body: an object goes as JSON, text and bytes as they are. */
export type Body = object | string | Buffer | undefined;

/** A name that no server has. */
export const NOBODY = "herd-conformance-nobody:1b";

/** The wishes of most steps. */
export const wishes = {
  completion: { has: ["completion"] },
  tools: { has: ["completion", "tools"] },
  thinking: { has: ["completion", "thinking"] },
  insert: { has: ["completion", "insert"] },
  vision: { has: ["completion", "vision"] },
  embedding: { has: ["embedding"], lacks: ["completion"] },
  vectors: { has: ["embedding"], lacks: ["completion"], orElse: { has: ["completion"] } },
  withoutTools: { has: ["completion"], lacks: ["tools"] },
  withoutThinking: { has: ["completion"], lacks: ["thinking"] },
  withoutInsert: { has: ["completion"], lacks: ["insert"] },
  withoutVision: { has: ["completion"], lacks: ["vision"] },
} as const satisfies Readonly<Record<string, ModelWish>>;

const userAgent = ["User-Agent", "herd-conformance"] as const;

/** The headers of an ordinary JSON client. */
export const jsonHeaders: Pairs = [userAgent, ["Accept", "*/*"], ["Content-Type", "application/json"]];
/** Those of a request without a body. */
export const plainHeaders: Pairs = [userAgent, ["Accept", "*/*"]];

/** A step without a body. @param path of the request, when it is not the route's own */
export function ask(route: string, name: string, extras: Extras & { readonly path?: string } = {}): Step {
  const [method = "GET", ownPath = "/"] = route.split(" ");
  const { path = ownPath, headers = () => plainHeaders, ...rest } = extras;
  return { route, name, request: (place) => ({ method, path, headers: headers(place), ...rest }) };
}

/** A step with a body. */
export function tell(
  route: string,
  name: string,
  order: Extras & { path?: string; body: (place: StepPlace) => Body },
): Step {
  const [method = "POST", ownPath = "/"] = route.split(" ");
  const { path = ownPath, headers = () => jsonHeaders, body, ...rest } = order;
  return {
    route,
    name,
    request: (place) => ({
      method,
      path: path.replace("<digest>", digestOf(place)),
      headers: headers(place),
      body: bytesOf(body(place)),
      ...rest,
    }),
  };
}

/** Scenarios of one step each, all with the same wish. */
export const single = (steps: readonly Step[], wish?: ModelWish): readonly Scenario[] =>
  steps.map((step) => (wish === undefined ? { steps: [step] } : { steps: [step], wish }));

/** What a pass uploads. It is no model. */
export const uploadOf = ({ mark }: StepPlace): Buffer => Buffer.from(`herd conformance upload ${mark}\n`);

/** The digest of what a pass uploads. */
export const digestOf = (place: StepPlace): string =>
  `sha256:${createHash("sha256").update(uploadOf(place)).digest("hex")}`;

function bytesOf(body: Body): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (body === undefined) return Buffer.alloc(0);
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}
