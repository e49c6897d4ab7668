import type { ServerAnswer } from "./ask-server.ts";

/** Which program a server is. */
export type ServerKind =
  | "herd"
  | "herd-gateway"
  | "herd-predecessor"
  | "ollama-proxy"
  | "ollama"
  | "inference"
  | "image"
  | "speech";

/** What a server's answers tell about it. */
export interface ServerMarks {
  /** Undefined where it does not tell. */
  readonly version?: string | undefined;
  /** A herd router's public key. */
  readonly publicKey?: string | undefined;
}

/** A program that is known by what it answers. */
export interface KnownServer {
  readonly kind: ServerKind;
  /** Its name as people know it. */
  readonly name: string;
  /** Ports on which it listens unless told otherwise. */
  readonly ports: readonly number[];
  /** What it is asked, all of it harmless to ask of anybody. */
  readonly paths: readonly string[];
  /** Its marks when the answers to those paths, in that order, are its; undefined when they are another's. */
  readonly marksIn: (answers: readonly (ServerAnswer | undefined)[]) => ServerMarks | undefined;
}
