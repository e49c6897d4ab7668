import { createConnection } from "node:net";
import type { FleetSnapshot } from "../../domain/fleet-snapshot.ts";
import type { PortLook } from "../../health/facts/node-facts.ts";

/** Knocks at the ports through which backends of machines elsewhere are called, also while nobody asks for a model. */
export interface PortWatch {
  /** Knocks where the last look is too old; does not wait. */
  refresh(fleet: FleetSnapshot): void;
  /** What was found last at an origin. */
  at(origin: string): PortLook | undefined;
  /** Resolves when no knock is under way. */
  ready(): Promise<void>;
  close(): void;
}

export interface PortWatchDependencies {
  /** ms, never going back. */
  readonly monotonic: () => number;
  readonly connectTimeoutMs: () => number;
}

const FRESH_MS = 30_000;
/** Knocks at one time; the others follow with the next look. */
const MOST_AT_ONCE = 32;

export function createPortWatch({ monotonic, connectTimeoutMs }: PortWatchDependencies): PortWatch {
  const looks = new Map<string, PortLook & { readonly at: number }>();
  const underway = new Map<string, Promise<void>>();
  let isClosed = false;
  const knock = async (origin: string): Promise<void> => {
    const look = await lookAt(origin, connectTimeoutMs());
    underway.delete(origin);
    looks.set(origin, { ...look, at: monotonic() });
  };
  const isDue = (origin: string): boolean =>
    monotonic() - (looks.get(origin)?.at ?? Number.NEGATIVE_INFINITY) >= FRESH_MS;
  return {
    refresh: (fleet) => {
      if (isClosed) return;
      const origins = originsOf(fleet);
      forgetOthers(looks, origins);
      const due = [...origins].filter((origin) => isDue(origin) && !underway.has(origin));
      for (const origin of due.slice(0, MOST_AT_ONCE - underway.size)) underway.set(origin, knock(origin));
    },
    at: (origin) => looks.get(origin),
    ready: async () => void (await Promise.all(underway.values())),
    close: () => {
      isClosed = true;
    },
  };
}

function forgetOthers(looks: Map<string, unknown>, origins: ReadonlySet<string>): void {
  for (const origin of looks.keys()) if (!origins.has(origin)) looks.delete(origin);
}

/** Of machines that report from elsewhere; what runs on the router's own machine is seen by its agent. */
const originsOf = ({ nodes }: FleetSnapshot): ReadonlySet<string> =>
  new Set(
    nodes
      .filter((node) => node.status !== "offline" && !node.isSimulated)
      .flatMap(({ backends }) =>
        backends.filter(({ route }) => route.kind !== "loopback").map(({ route }) => route.origin),
      ),
  );

/** Opens a connection and closes it again; never rejects. */
function lookAt(origin: string, timeoutMs: number): Promise<PortLook> {
  const place = origin.replace(/^https?:\/\//, "");
  const cut = place.lastIndexOf(":");
  const [host, port] = [place.slice(0, cut).replace(/^\[|\]$/g, ""), Number(place.slice(cut + 1))];
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return Promise.resolve({ place, failure: "EINVAL" });
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: timeoutMs });
    const end = (failure: string | undefined): void => {
      socket.destroy();
      resolve({ place, failure });
    };
    socket.unref();
    socket.once("connect", () => end(undefined));
    socket.once("timeout", () => end("ETIMEDOUT"));
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
