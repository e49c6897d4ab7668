import { holderWords, type TakenPort, whoHolds } from "@herd/shared/this-machine";
import type { Logger } from "pino";
import type { GatewayDependencies } from "./gateway.ts";

/** What speaking for the gateway needs. */
export interface GatewayVoiceDependencies {
  readonly log: Logger;
  readonly host: string;
  readonly port: number;
  /** What it leads to, in words: by the first path segment. */
  readonly names: Readonly<Record<string, string>>;
  /** ms on a monotonic clock. */
  readonly monotonic: () => number;
}

type GatewayVoice = Pick<GatewayDependencies, "onOpen" | "onBlocked" | "onDenied" | "onUnreachable">;

/** The same event is told once in this time, ms. */
const TELL_AGAIN_MS = 60_000;
/** Most events that are told apart; strangers could otherwise fill the memory. */
const MOST_EVENTS = 1_000;

/** What the gateway's owner is told, each thing once in a while. */
export function createGatewayVoice({ log, host, port, names, monotonic }: GatewayVoiceDependencies): GatewayVoice {
  const lent = Object.values(names).join(", ");
  const toldAt = new Map<string, number>();
  const isNews = (event: string): boolean => {
    const last = toldAt.get(event);
    if (last !== undefined && monotonic() - last < TELL_AGAIN_MS) return false;
    if (toldAt.size >= MOST_EVENTS) toldAt.clear();
    toldAt.set(event, monotonic());
    return true;
  };
  let isBlocked = false;
  return {
    onOpen: (openPort) => {
      isBlocked = false;
      log.info(`Port ${host}:${openPort} is open to signed calls of the router only, and leads to ${lent}`);
    },
    onBlocked: (error) => {
      if (isBlocked) return;
      isBlocked = true;
      void describeBlock(error, { port, host }).then((why) => {
        const effect = `until then a router on another machine cannot use what this node lends (${lent})`;
        log.error(`${why}. Fix: stop that program, or start with another --gateway-port; ${effect}`);
      });
    },
    onDenied: ({ refusal, reason }, address) => {
      if (isNews(`${refusal} ${reason} ${address}`)) log.warn(`A call from ${address} was turned away: ${reason}`);
    },
    onUnreachable: (error, backend) => {
      if (!isNews(`unreachable ${backend}`)) return;
      log.warn({ exception: error }, `A call of the router found ${names[backend] ?? backend} not answering`);
    },
  };
}

async function describeBlock(error: NodeJS.ErrnoException, { port, host }: TakenPort): Promise<string> {
  if (error.code !== "EADDRINUSE") return `Port ${port} cannot be opened (${error.message})`;
  return `Port ${port} is taken by ${holderWords(await whoHolds({ port, host }))}`;
}
