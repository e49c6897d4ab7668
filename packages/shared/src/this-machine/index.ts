export { findPortHolder } from "./holder/find-port-holder.ts";
export type { PortHolder } from "./holder/port-holder.ts";
export type { ServerKind } from "./known-server.ts";
export { lookAtOllama, type OllamaSight } from "./look-at-ollama.ts";
export { type RecognisedServer, recogniseServer } from "./recognise-server.ts";
export { type SeenTool, seekTools, type ToolSearch } from "./seek-tools.ts";
export { holderWords, type PortHolding, type TakenPort, whoHolds } from "./who-holds.ts";
