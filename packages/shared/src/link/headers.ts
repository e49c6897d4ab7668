/** HTTP headers of the link between router and agent. Lower case, as both ends read them. */
export const linkHeaders = {
  /** X25519 public key of the agent, base64url of 32 raw bytes. On heartbeats. */
  key: "x-herd-key",
  /** Time of the message on the *receiver's* clock, Unix epoch milliseconds. */
  time: "x-herd-time",
  /** A value never used before within the accepted time window. On gateway calls. */
  nonce: "x-herd-nonce",
  /** HMAC-SHA-256 over the message, hex. */
  signature: "x-herd-signature",
  /** Marks an answer of the gateway itself; the router classifies it and never relays it. */
  gateway: "x-herd-gateway",
} as const;

/** Why a gateway answered by itself: wrong caller address, backend not answering, signature missing or wrong. */
export type GatewayRefusal = "refused" | "unreachable" | "unauthorised";

/** How far the time of a message may be from the receiver's clock, in milliseconds. */
export const LINK_TIME_WINDOW_MS = 60_000;
