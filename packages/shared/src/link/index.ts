export { createPeerClock, createSteadyClock, type PeerClock, type SteadyClock } from "./clock.ts";
export { type GatewayRefusal, LINK_TIME_WINDOW_MS, linkHeaders } from "./headers.ts";
export {
  createIdentity,
  deriveLinkSecret,
  fleetIdOf,
  type Identity,
  isPublicKey,
  type LinkSecret,
  loadOrCreateIdentity,
} from "./identity.ts";
export { type SignedCall, type SignedHeartbeat, signaturesMatch, signCall, signHeartbeat } from "./signature.ts";
