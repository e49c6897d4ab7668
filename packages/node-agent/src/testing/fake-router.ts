import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type Heartbeat, parseHeartbeat } from "@herd/shared";
import {
  createIdentity,
  deriveLinkSecret,
  type Identity,
  type LinkSecret,
  linkHeaders,
  signaturesMatch,
  signHeartbeat,
} from "@herd/shared/link";

/** A heartbeat as the fake router judged it. */
export interface ReceivedBeat {
  readonly nodeId: string;
  readonly isDrain: boolean;
  readonly heartbeat: Heartbeat | undefined;
  /** Fields that the contract would not read. */
  readonly dropped: readonly string[];
  /** Status of the answer. */
  readonly status: number;
  readonly isSigned: boolean;
}

/** How a fake router behaves; every field may be changed while it runs. */
export interface RouterBehaviour {
  identity: Identity;
  /** The router's clock, Unix epoch ms. */
  now: () => number;
  /** A router of the predecessor: no identity route, no signatures. */
  isLegacy: boolean;
  /** Commands of the next answers. */
  commands: readonly unknown[];
  /** Answer to every heartbeat instead of judging it. */
  answer: { readonly status: number; readonly body: unknown } | undefined;
}

/** A router for tests: a real HTTP server on loopback that checks signatures and times as the contract demands. */
export interface FakeRouter {
  readonly url: string;
  readonly behaviour: RouterBehaviour;
  readonly beats: readonly ReceivedBeat[];
  /** Secret shared with the agent that sent the newest signed heartbeat. */
  secret(): LinkSecret;
  /** Closes the port and every connection; what it has learned stays. */
  stop(): Promise<void>;
  /** Listens again on the same port. */
  listenAgain(): Promise<void>;
}

const WINDOW_MS = 60_000;

type Headers = IncomingMessage["headers"];

interface Reply {
  readonly status: number;
  readonly body: object;
}

/** Starts one on a free port of 127.0.0.1. */
export async function startFakeRouter(overrides: Partial<RouterBehaviour> = {}): Promise<FakeRouter> {
  const behaviour: RouterBehaviour = {
    identity: createIdentity(),
    now: Date.now,
    isLegacy: false,
    commands: [],
    answer: undefined,
    ...overrides,
  };
  const beats: ReceivedBeat[] = [];
  const bond = createBond(behaviour);
  const receive = (headers: Headers, body: Buffer): Reply => {
    const status = behaviour.answer?.status ?? bond.judge(headers, body);
    beats.push(readBeat(headers, body, status));
    return behaviour.answer === undefined ? replyTo(status, behaviour) : (behaviour.answer as Reply);
  };
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const isBeat = incoming.method === "POST" && incoming.url === "/heartbeat";
      const { status, body } = isBeat ? receive(incoming.headers, Buffer.concat(chunks)) : introduce(behaviour);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const url = `http://127.0.0.1:${port}`;
  return { url, behaviour, beats, secret: bond.secret, stop, listenAgain: () => listen(port) };
}

/** The side of the link that the router keeps. */
function createBond(behaviour: RouterBehaviour) {
  let key = "";
  let lastTime = 0;
  const secret = (): LinkSecret => deriveLinkSecret(behaviour.identity, key);
  const judge = (headers: Headers, body: Uint8Array): number => {
    if (behaviour.isLegacy) return 200;
    const time = Number(headers[linkHeaders.time]);
    if (headers[linkHeaders.key] === undefined) return 403;
    key = String(headers[linkHeaders.key]);
    const isSigned = signaturesMatch(signHeartbeat(secret(), { time, body }), String(headers[linkHeaders.signature]));
    if (!isSigned || time <= lastTime || Math.abs(time - behaviour.now()) > WINDOW_MS) return 403;
    lastTime = time;
    return 200;
  };
  return { secret, judge };
}

function readBeat(headers: Headers, body: Buffer, status: number): ReceivedBeat {
  const parsed = parseHeartbeat(JSON.parse(body.toString()));
  const isSigned = headers[linkHeaders.signature] !== undefined;
  const heartbeat = parsed.kind === "report" ? parsed.heartbeat : undefined;
  const dropped = parsed.kind === "report" ? parsed.dropped.map(({ path }) => path) : [];
  const nodeId = parsed.kind === "drain" ? parsed.nodeId : (heartbeat?.node_id ?? "");
  return { nodeId, isDrain: parsed.kind === "drain", heartbeat, dropped, status, isSigned };
}

function replyTo(status: number, { isLegacy, commands, now }: RouterBehaviour): Reply {
  const accepted = { status: "ok", node_status: "online", commands };
  const refused = { error: "the heartbeat is not signed by its key", code: "HERD_BAD_SIGNATURE" };
  const stamp = isLegacy ? {} : { router_time_ms: now() };
  return { status, body: { ...(status === 200 ? accepted : refused), ...stamp } };
}

function introduce({ isLegacy, identity, now }: RouterBehaviour): Reply {
  if (isLegacy) return { status: 404, body: { detail: "Not Found" } };
  const { publicKey } = identity;
  const body = { product: "herd", router_version: "0.1.0", public_key: publicKey, router_time_ms: now() };
  return { status: 200, body };
}
