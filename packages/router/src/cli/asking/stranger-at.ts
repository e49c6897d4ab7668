import type { Trouble } from "./trouble.ts";
import type { Answerer } from "./who-answers.ts";

/** Who answers at a router's address and is no router of this kind. */
export type Stranger = Exclude<Answerer, { readonly kind: "herd" }>;

/** That somebody else answers, and what to do about it. @param status HTTP status of the answer, where it tells something */
export function strangerAt(url: string, who: Stranger, status?: number): Trouble {
  const told = { kind: "none", reason: "stranger", status, code: undefined } as const;
  switch (who.kind) {
    case "predecessor":
      return {
        ...told,
        why: `the router at ${url} is ollama-herd ${who.version}, which cannot answer this`,
        fix: "name a router of this kind with --router-url, or replace that one: herd reads its data folder",
      };
    case "ollama":
      return {
        ...told,
        why: `what answers at ${url} is Ollama ${who.version} itself, no herd router`,
        fix: "a router listens on port 11435 unless told otherwise: --router-url http://HOST:11435",
      };
    case "unknown":
      return {
        ...told,
        why: `what answers at ${url} is no herd router${status === undefined ? "" : ` (it answered ${status})`}`,
        fix: "name the router with --router-url http://HOST:11435",
      };
  }
}
