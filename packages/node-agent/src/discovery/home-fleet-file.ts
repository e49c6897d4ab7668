import { chmodSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fleetIdOf, isPublicKey } from "@herd/shared/link";
import { z } from "zod";
import type { HomeFleet } from "./choose-router.ts";

/** The fleet this agent belongs to, with the key that its router must show. */
export interface RememberedFleet extends HomeFleet {
  /** The router's public key, base64url. */
  readonly publicKey: string;
}

/** The memory of an agent's fleet, in a file that outlasts it. */
export interface HomeFleetFile {
  /** undefined where it never belonged to one. @throws Error when the file is damaged; the message names the fix. */
  readonly read: () => RememberedFleet | undefined;
  /** @throws the file system's error. */
  readonly write: (home: { readonly publicKey: string; readonly url: string }) => RememberedFleet;
}

const shape = z.object({
  router_public_key: z.string().refine(isPublicKey),
  router_url: z.url({ protocol: /^https?$/ }),
});

/** @param path of the file; its folder exists. */
export function homeFleetFile(path: string): HomeFleetFile {
  return {
    read: () => {
      const text = readIfThere(path);
      if (text === undefined) return undefined;
      const parsed = shape.safeParse(parseJson(text));
      if (!parsed.success) throw new Error(`${path} is damaged. Fix: remove it; the agent then chooses a fleet anew`);
      return remembered(parsed.data.router_public_key, parsed.data.router_url);
    },
    write: ({ publicKey, url }) => {
      const draft = `${path}.${process.pid}.new`;
      writeFileSync(draft, `${JSON.stringify({ router_public_key: publicKey, router_url: url })}\n`, { mode: 0o600 });
      chmodSync(draft, 0o600);
      renameSync(draft, path);
      return remembered(publicKey, url);
    },
  };
}

const remembered = (publicKey: string, url: string): RememberedFleet => ({
  fleetId: fleetIdOf(publicKey),
  publicKey,
  url,
});

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
