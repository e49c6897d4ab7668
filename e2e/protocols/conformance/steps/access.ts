import type { Pairs } from "../wire/message.ts";
import { ask, NOBODY, plainHeaders, type Scenario, type Step, type StepPlace, single, tell } from "./step.ts";

const from = (origin: string | ((place: StepPlace) => string), more: Pairs = []) => ({
  headers: (place: StepPlace): Pairs => [
    ...plainHeaders,
    ["Origin", typeof origin === "string" ? origin : origin(place)],
    ...more,
  ],
});
const own = ({ host }: StepPlace): string => `http://${host}`;
const LOCAL = "http://localhost:3000";
const FOREIGN = "https://evil.example.com";

const SDK_HEADERS =
  "authorization,content-type,x-stainless-arch,x-stainless-lang,x-stainless-os,x-stainless-retry-count,x-stainless-runtime";
/** What a page asks to send to a path, where it is more than a content type. */
const wantedHeaders: Readonly<Record<string, string>> = {
  "/v1/chat/completions": SDK_HEADERS,
  "/v1/messages": "anthropic-version,content-type,x-api-key",
};

const preflight = (name: string, path: string, origin: string | ((place: StepPlace) => string)): Step =>
  ask(
    `OPTIONS ${path}`,
    name,
    from(origin, [
      ["Access-Control-Request-Method", "POST"],
      ["Access-Control-Request-Headers", wantedHeaders[path] ?? "content-type"],
    ]),
  );

const origins = single([
  preflight("preflight of a local page", "/api/chat", LOCAL),
  preflight("preflight of a local app", "/api/chat", "app://obsidian.md"),
  preflight("preflight of a foreign page", "/api/chat", FOREIGN),
  preflight("preflight of a file", "/api/chat", "null"),
  preflight("preflight of a browser extension", "/api/chat", "chrome-extension://abcdefgh"),
  preflight("preflight of the server's own page", "/api/chat", own),
  preflight("preflight of an unknown path", "/api/nope", LOCAL),
  preflight("preflight of openai-node", "/v1/chat/completions", LOCAL),
  preflight("preflight of anthropic's client", "/v1/messages", LOCAL),
  preflight("preflight of a delete", "/api/delete", LOCAL),
  ask("OPTIONS /api/chat", "no origin"),
  ask("OPTIONS /api/chat", "no origin, by name", { headers: named("localhost") }),
  ask("OPTIONS /api/nope", "no origin, unknown path"),
  ask("GET /api/version", "local page", from(LOCAL)),
  ask("GET /api/version", "foreign page", from(FOREIGN)),
  ask("GET /api/version", "file", from("null")),
  ask("GET /api/version", "own page", from(own)),
  ask("GET /api/tags", "local page", from(LOCAL)),
  ask("GET /api/nope", "local page", from(LOCAL)),
  tell("POST /api/chat", "local page, error", {
    ...from(LOCAL, [["Content-Type", "application/json"]]),
    body: () => "{bad",
  }),
  tell("POST /api/chat", "foreign page", {
    ...from(FOREIGN, [["Content-Type", "text/plain"]]),
    body: () => ({ model: NOBODY, messages: [] }),
  }),
  tell("POST /api/pull", "foreign page", {
    ...from(FOREIGN, [["Content-Type", "text/plain"]]),
    body: () => ({ model: NOBODY }),
  }),
]);

const hosts = single([
  ask("GET /api/version", "Host localhost", { headers: named("localhost") }),
  ask("GET /api/version", "Host box.local", { headers: named("box.local") }),
  ask("GET /api/version", "Host host.docker.internal", { headers: named("host.docker.internal") }),
  ask("GET /api/version", "Host of a private address", {
    headers: () => [["Host", "192.168.1.20:11434"], ...plainHeaders],
  }),
  ask("GET /api/version", "Host of a public address", { headers: () => [["Host", "8.8.8.8:11434"], ...plainHeaders] }),
  ask("GET /api/version", "Host of one label", { headers: () => [["Host", "node2:11434"], ...plainHeaders] }),
  ask("GET /api/version", "Host of a stranger", { headers: named("ollama.example.com") }),
  ask("GET /api/nope", "Host of a stranger", { headers: named("ollama.example.com") }),
  tell("POST /v1/chat/completions", "Host of a stranger", { headers: named("ollama.example.com"), body: () => ({}) }),
  ask("GET /api/version", "no Host", { headers: () => [["Host", ""], ...plainHeaders] }),
]);

function named(name: string): (place: StepPlace) => Pairs {
  return ({ host }) => [["Host", `${name}:${new URL(`http://${host}`).port || "80"}`], ...plainHeaders];
}

/** Who may ask: CORS, Origin and Host. */
export const accessScenarios: readonly Scenario[] = [...origins, ...hosts];
