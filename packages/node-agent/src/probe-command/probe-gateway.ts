import { createServer } from "node:net";
import { holderWords, type TakenPort, whoHolds } from "@herd/shared/this-machine";

/** What the agent would find at its gateway's port. */
export type GatewaySight =
  | { readonly kind: "free" }
  /** An agent of this product has it: the one of this machine, most likely. */
  | { readonly kind: "own"; readonly holder: string }
  | { readonly kind: "taken"; readonly holder: string }
  | { readonly kind: "closed"; readonly why: string };

/** Tries whether the port could be opened, for no longer than it takes to know. Never rejects. */
export async function probeGateway(place: TakenPort): Promise<GatewaySight> {
  const fault = await faultOfListening(place);
  if (fault === undefined) return { kind: "free" };
  if (fault.code !== "EADDRINUSE") return { kind: "closed", why: fault.message };
  const holding = await whoHolds(place);
  return { kind: holding.server?.kind === "herd-gateway" ? "own" : "taken", holder: holderWords(holding) };
}

function faultOfListening({ port, host }: TakenPort): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", resolve);
    server.listen({ port, host }, () => server.close(() => resolve(undefined)));
  });
}
