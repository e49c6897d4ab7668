import type { Reach } from "../remedies/typed-command.ts";

/** A heartbeat that was refused at the door, and how often lately. */
export interface Refusal {
  readonly nodeId: string;
  readonly address: string;
  /** From the catalogue, for example `HERD_NODE_KEY_MISMATCH`. */
  readonly code: string;
  readonly count: number;
  /** Unix epoch ms. */
  readonly lastAt: number;
}

/** A file that others than its owner may read. */
export interface LooseFile {
  readonly path: string;
  /** Its permission bits. */
  readonly mode: number;
}

/** A volume, bytes. */
export interface VolumeFacts {
  readonly path: string;
  readonly totalBytes: number;
  readonly availableBytes: number;
}

/** Who may call the router, as far as settings and addresses say. */
export interface AccessFacts {
  /** `loopback`, every address of the machine, or one of them. */
  readonly listensOn: "loopback" | "everything" | "one-address";
  /** Addresses of this machine that the internet can reach when nothing stands before it. */
  readonly publicAddresses: readonly string[];
  readonly allowLegacy: boolean;
  readonly lanNetworks: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly corsOrigins: readonly string[];
  /** Bodies of requests are written to disk. */
  readonly keepsBodies: boolean;
}

/** Something odd about what is kept on the disk, with its fix. */
export interface RecordsNote {
  readonly id: string;
  readonly text: string;
  readonly fix: string;
}

/** How the notices of findings fare. */
export interface NoticeFacts {
  /** `webhook` or `desktop`. */
  readonly channel: string;
  /** Attempts that failed one after another, up to now. */
  readonly failuresInRow: number;
  /** Why the last one failed. */
  readonly reason: string | undefined;
  /** Notices that were given up since the start. */
  readonly lost: number;
}

/** What is known of the router itself. What is optional is not known everywhere. */
export interface RouterFacts {
  readonly version: string;
  /** Unix epoch ms. */
  readonly startedAt?: number | undefined;
  /** As Node.js names it. */
  readonly platform?: string | undefined;
  readonly dataDir?: string | undefined;
  /** A list of models in the data folder that is not used, and why. */
  readonly modelsFile?: { readonly path: string; readonly problem: string } | undefined;
  readonly records?: readonly RecordsNote[] | undefined;
  /** What is odd about the list of pins. */
  readonly pinNotes?: readonly RecordsNote[] | undefined;
  readonly refusals?: readonly Refusal[] | undefined;
  readonly looseFiles?: readonly LooseFile[] | undefined;
  /** The volume of the data folder. */
  readonly volume?: VolumeFacts | undefined;
  /** The database with its log, bytes. */
  readonly databaseBytes?: number | undefined;
  readonly access?: AccessFacts | undefined;
  /** Memory of the process, bytes; `totalBytes` is the machine's. */
  readonly memory?: { readonly rssBytes: number; readonly totalBytes: number } | undefined;
  /** How late the event loop was in the last minute, ms. */
  readonly loopLag?: { readonly p99Ms: number; readonly maxMs: number } | undefined;
  readonly notices?: readonly NoticeFacts[] | undefined;
  /** The demo runs, since nothing on this machine could serve when the router started. */
  readonly showsDemo?: boolean | undefined;
  /** How commands reach it and are typed; absent before it listens. */
  readonly reach?: Reach | undefined;
  /** After how many seconds without a heartbeat a node counts as offline. */
  readonly offlineAfterS?: number | undefined;
}
