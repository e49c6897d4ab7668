import { type HomeFleetFile, homeFleetFile, type RememberedFleet } from "./home-fleet-file.ts";

/** A line for the log. */
export type Tell = (facts: object, sentence: string) => void;

/** Where lines go. */
export interface FinderLog {
  readonly info: Tell;
  readonly warn: Tell;
}

/** The fleet this agent belongs to, kept over restarts. */
export interface FleetMemory {
  readonly home: () => RememberedFleet | undefined;
  /** The router with this key accepted the agent at this URL. */
  readonly keep: (publicKey: string, url: string) => void;
}

/** Opens the memory. @throws Error where what it holds is damaged and `mustBeSound`; the message names the fix. */
export function openFleetMemory(
  path: string,
  { log, mustBeSound }: { log: FinderLog; mustBeSound: boolean },
): FleetMemory {
  const file = homeFleetFile(path);
  let home = mustBeSound ? file.read() : readIfSound(file);
  const keep = (publicKey: string, url: string): void => {
    if (home?.publicKey === publicKey && home.url === url) return;
    try {
      home = file.write({ publicKey, url });
    } catch (error) {
      home ??= undefined;
      log.warn(
        { exception: error },
        `The fleet cannot be remembered in ${path}. Fix: make the folder writable; until then it is chosen anew at each start`,
      );
    }
  };
  return { home: () => home, keep };
}

function readIfSound(file: HomeFleetFile): RememberedFleet | undefined {
  try {
    return file.read();
  } catch {
    // The router is given by its URL: what was remembered decides nothing, and is replaced.
    return undefined;
  }
}
