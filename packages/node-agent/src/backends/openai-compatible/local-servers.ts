import type { Logger } from "pino";
import { createServerCalls } from "./server-calls.ts";
import { type ServerPlace, serverPlacesOf } from "./server-place.ts";
import { createServerReader } from "./server-reader.ts";
import { type ServerState, watchServer } from "./watch-server.ts";

/** A server that the owner lends to the fleet, and how it is. */
export interface ServerSight {
  readonly place: ServerPlace;
  readonly state: ServerState;
}

/** The servers with OpenAI's API that the owner of this machine lends to the fleet. */
export interface LocalServers {
  readonly places: readonly ServerPlace[];
  current(): readonly ServerSight[];
  /** Resolves when each was asked for the first time. */
  readonly firstPoll: Promise<void>;
  close(): Promise<void>;
}

/** What looking after them needs. */
export interface LocalServersDependencies {
  readonly urls: readonly string[];
  /** ms on a monotonic clock. */
  readonly monotonic: () => number;
  /** Unix epoch ms. */
  readonly wallClock: () => number;
  /** One came, went, or offers something else. */
  readonly onChange: () => void;
  /** Default: nobody reads it. */
  readonly log?: Logger;
}

/** Watches each of them, and says in the log when one comes and goes. */
export function openLocalServers({ urls, ...dependencies }: LocalServersDependencies): LocalServers {
  const places = serverPlacesOf(urls);
  const open = places.map((place) => openServer(place, dependencies));
  return {
    places,
    current: () => open.map(({ place, watch }) => ({ place, state: watch.current() })),
    firstPoll: Promise.all(open.map(({ watch }) => watch.firstPoll)).then(() => undefined),
    close: async () => {
      await Promise.all(open.map(({ close }) => close()));
    },
  };
}

function openServer(place: ServerPlace, dependencies: Omit<LocalServersDependencies, "urls">) {
  const { monotonic, wallClock, onChange, log } = dependencies;
  const calls = createServerCalls(place.url);
  let told: Standing | undefined;
  const watch = watchServer({
    calls,
    monotonic,
    reader: createServerReader({ calls, wallClock }),
    onChange: (state) => {
      // Why a server does not answer may change from look to look; that it does not is told once.
      const standing = standingOf(state);
      if (standing !== told) tell(log, place, state);
      told = standing;
      onChange();
    },
  });
  const close = async (): Promise<void> => {
    watch.close();
    await calls.close();
  };
  return { place, watch, close };
}

type Standing = "here" | "starting" | "away";

function standingOf(state: ServerState): Standing {
  if (state.isReachable) return "here";
  return state.isStarting ? "starting" : "away";
}

function tell(log: Logger | undefined, { url }: ServerPlace, state: ServerState): void {
  if (state.isReachable) {
    const count = state.models.length;
    const name = `${state.software} ${state.version}`.trim();
    log?.info(`${name} at ${url} with ${count} ${count === 1 ? "model" : "models"}`);
  } else if (state.isStarting) {
    log?.info(`The server at ${url} is starting (${state.error}); it is reported as soon as it is ready`);
  } else {
    log?.warn(`The server at ${url} cannot be used (${state.error}); it is reported as soon as it answers`);
  }
}
