/** What came to Ollama, or went, with which version, as far as clients and routers can tell. */
import { isAtLeast, parseVersion, type VersionNumber } from "./version-number.ts";

/** From the first version with it up to the first without. */
interface Span {
  readonly since: VersionNumber;
  readonly until?: VersionNumber;
}

/** Routes that were not always there; every other route is as old as Ollama itself. */
const routeSpans: Readonly<Record<string, Span>> = {
  "/v1/chat/completions": { since: [0, 1, 24] },
  "/api/ps": { since: [0, 1, 38] },
  "/v1/completions": { since: [0, 2, 0] },
  "/v1/models": { since: [0, 2, 0] },
  "/v1/models/:model": { since: [0, 2, 0] },
  "/api/embed": { since: [0, 2, 6] },
  "/v1/embeddings": { since: [0, 2, 6] },
  "/api/me": { since: [0, 12, 0] },
  "/api/signout": { since: [0, 12, 1] },
  "/api/user/keys/:key": { since: [0, 12, 1] },
  "/v1/responses": { since: [0, 13, 3] },
  "/v1/messages": { since: [0, 14, 0] },
  "/v1/images/generations": { since: [0, 14, 3], until: [0, 32, 6] },
  "/v1/images/edits": { since: [0, 15, 0], until: [0, 32, 6] },
  "/api/status": { since: [0, 16, 2] },
  "/v1/audio/transcriptions": { since: [0, 20, 0] },
  "/api/experimental/model-recommendations": { since: [0, 22, 1] },
};

/** Differences in what the routes do. */
const featureSpans = {
  /** `format` may be a JSON schema; before, it was a string. */
  schemaFormats: { since: [0, 5, 0] },
  /** `/api/show` tells capabilities. */
  shownCapabilities: { since: [0, 6, 4] },
  /** A known path with a wrong method is 405; before, it was 404 like any other. */
  methodRefusals: { since: [0, 7, 0] },
  /** The text of a chat with tools is streamed; before, it came with the last record. */
  streamedToolText: { since: [0, 8, 0] },
  /** `think` is read and thoughts are a field of their own; before, they stood in the text between tags. */
  separateThinking: { since: [0, 9, 0] },
  /** `/api/ps` tells the context of a loaded model. */
  shownContexts: { since: [0, 10, 0] },
  /** `logprobs` is read. */
  logprobs: { since: [0, 12, 11] },
  /** `/api/tags` tells capabilities and the two lengths of a model. */
  listedCapabilities: { since: [0, 30, 0] },
  /** Every chunk of an OpenAI chat names the role; later ones name it once and end with an empty delta. */
  repeatedRoles: { since: [0, 1, 24], until: [0, 32, 6] },
  /** Models run in a `llama-server` of their own, which words the failures of a load anew. */
  serverRunners: { since: [0, 30, 0] },
} as const satisfies Readonly<Record<string, Span>>;

/** Which of the differences a version has. */
export type VersionFeatures = Readonly<Record<keyof typeof featureSpans, boolean>>;

/** The features of a version, read as `parseVersion` does. */
export function featuresOf(version: string): VersionFeatures {
  const number = parseVersion(version);
  const has = (name: keyof typeof featureSpans) => isIn(featureSpans[name], number);
  return {
    schemaFormats: has("schemaFormats"),
    shownCapabilities: has("shownCapabilities"),
    methodRefusals: has("methodRefusals"),
    streamedToolText: has("streamedToolText"),
    separateThinking: has("separateThinking"),
    shownContexts: has("shownContexts"),
    logprobs: has("logprobs"),
    listedCapabilities: has("listedCapabilities"),
    repeatedRoles: has("repeatedRoles"),
    serverRunners: has("serverRunners"),
  };
}

/** Whether a version has a route; `path` is written as in the list of routes. */
export function hasRoute(version: string, path: string): boolean {
  const span = routeSpans[path];
  return span === undefined || isIn(span, parseVersion(version));
}

function isIn(span: Span, version: VersionNumber): boolean {
  return isAtLeast(version, span.since) && (span.until === undefined || !isAtLeast(version, span.until));
}
