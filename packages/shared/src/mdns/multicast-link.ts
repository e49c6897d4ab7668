import type { Socket } from "node:dgram";
import { createAllowance } from "./allowance.ts";
import { decodeMessage } from "./decode-message.ts";
import type { DnsMessage } from "./dns-message.ts";
import { encodeMessage } from "./encode-message.ts";
import { isInNetwork, type LinkNetwork } from "./link-networks.ts";
import { closeQuietly, MDNS_GROUP, MDNS_PORT, openSharedSocket, type Sender } from "./multicast-socket.ts";

/** Something that does not work, told once for each kind, place and error code. */
export interface LinkProblem {
  /** `listen`: nothing that others announce is heard. `network`: one network cannot be used. */
  readonly kind: "listen" | "network";
  /** Name of the interface; empty for `listen`. */
  readonly interfaceName: string;
  readonly error: Error;
}

/** A message that came, and from where. */
export interface Received {
  readonly message: DnsMessage;
  readonly sender: Sender;
  /** The networks of this machine that the sender's address lies in. */
  readonly networks: readonly LinkNetwork[];
}

/** What a link needs. */
export interface MulticastLinkDependencies {
  /** This machine's networks as they are now; asked again and again. */
  readonly readNetworks: () => readonly LinkNetwork[];
  readonly onReceived: (received: Received) => void;
  /** A network can be spoken to from now on: at the start, and whenever an address has come or changed. */
  readonly onNetwork: (network: LinkNetwork) => void;
  readonly onProblem: (problem: LinkProblem) => void;
  /** ms on a monotonic clock. */
  readonly monotonic: () => number;
  /** Default: the port of multicast DNS. */
  readonly port?: number;
}

/** How often the networks are looked at, ms: an address that changes is announced within this time. */
const LOOK_EVERY_MS = 1_000;
/** After this time it is tried again to listen, ms. */
const LISTEN_AGAIN_MS = 30_000;
/** The time that a packet may live; receivers may check it (RFC 6762 section 11). */
const PACKET_LIFE = 255;
/** Datagrams that are read within a second; a whole office is quieter. One machine's flood neither costs more nor drowns the others. */
const MOST_READ = { perSource: 100, altogether: 1_000 };
/** Bound of the list of problems that were told. */
const MOST_TOLD = 64;

interface Mouth {
  readonly network: LinkNetwork;
  socket: Socket | undefined;
}

/**
 * Multicast DNS on all networks of this machine, following them as they come and go.
 *
 * One socket listens for all networks. A socket for each network speaks, so that a machine in several networks asks and answers in each of
 * them, with its address there: with one socket, the default route would decide where a packet goes. Where the port cannot be shared, the
 * speaking sockets take free ports, and whoever is asked answers them directly (RFC 6762 section 5.1).
 */
export class MulticastLink {
  readonly #dependencies: MulticastLinkDependencies;
  readonly #port: number;
  readonly #mouths = new Map<string, Mouth>();
  readonly #told = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #ear: Socket | undefined;
  #earState: "opening" | "open" | "deaf" = "opening";
  #listenAgainAt = 0;
  #isClosed = false;
  readonly #mayRead: (source: string) => boolean;

  constructor(dependencies: MulticastLinkDependencies) {
    this.#dependencies = dependencies;
    this.#port = dependencies.port ?? MDNS_PORT;
    this.#mayRead = createAllowance(MOST_READ, dependencies.monotonic);
    this.#listen();
    this.#timer = setInterval(() => this.refresh(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** The networks that can be spoken to. */
  networks(): readonly LinkNetwork[] {
    return [...this.#mouths.values()].map(({ network }) => network);
  }

  /** Whether announcements of others are heard; without, only answers to own questions are. */
  isListening(): boolean {
    return this.#earState === "open";
  }

  /** Sends a message to everybody in a network. Resolves when it is on its way, or cannot be. */
  send(network: LinkNetwork, message: DnsMessage): Promise<void> {
    const socket = this.#mouths.get(keyOf(network))?.socket;
    if (socket === undefined || this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      socket.send(encodeMessage(message), this.#port, MDNS_GROUP, (error) => {
        if (error) this.#tell({ kind: "network", interfaceName: network.interfaceName, error });
        resolve();
      });
    });
  }

  /** Sends a message to one who asked from another port than that of multicast DNS. */
  reply(to: Sender, message: DnsMessage): void {
    if (this.isListening() && !this.#isClosed)
      this.#ear?.send(encodeMessage(message), to.port, to.address, () => undefined);
  }

  /** Looks at the networks now, not only every few seconds. */
  refresh(): void {
    if (this.#isClosed || this.#earState === "opening") return;
    const found = new Map(this.#dependencies.readNetworks().map((network) => [keyOf(network), network]));
    for (const [key, { socket }] of this.#mouths) {
      if (found.has(key)) continue;
      this.#mouths.delete(key);
      closeQuietly(socket);
    }
    for (const [key, network] of found) {
      // Joined again each time: an interface that was removed and came back has lost its membership.
      this.#join(network);
      if (!this.#mouths.has(key)) this.#openMouth(key, network);
    }
    if (this.#earState === "deaf" && this.#dependencies.monotonic() >= this.#listenAgainAt) this.#listen();
  }

  /** Ends it: nothing is sent or received any more. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#closeMouths();
    closeQuietly(this.#ear);
  }

  #listen(): void {
    this.#earState = "opening";
    this.#ear = openSharedSocket({
      address: "0.0.0.0",
      port: this.#port,
      onBytes: (bytes, sender) => this.#receive(bytes, sender),
      onBroken: (error) => {
        this.#earState = "deaf";
        this.#listenAgainAt = this.#dependencies.monotonic() + LISTEN_AGAIN_MS;
        this.#tell({ kind: "listen", interfaceName: "", error });
        this.refresh();
      },
      onOpen: () => {
        this.#earState = "open";
        // Those that spoke from free ports are opened anew.
        this.#closeMouths();
        this.refresh();
      },
    });
  }

  #receive(bytes: Uint8Array, sender: Sender): void {
    const message = this.#isClosed || !this.#mayRead(sender.address) ? undefined : decodeMessage(bytes);
    if (message === undefined) return;
    const networks = this.networks().filter((network) => isInNetwork(sender.address, network));
    this.#dependencies.onReceived({ message, sender, networks });
  }

  #join({ address, interfaceName }: LinkNetwork): void {
    try {
      if (this.isListening()) this.#ear?.addMembership(MDNS_GROUP, address);
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      if (codeOf(error) !== "EADDRINUSE") this.#tell({ kind: "network", interfaceName, error });
    }
  }

  #openMouth(key: string, network: LinkNetwork): void {
    const mouth: Mouth = { network, socket: undefined };
    this.#mouths.set(key, mouth);
    mouth.socket = openSharedSocket({
      address: network.address,
      port: this.isListening() ? this.#port : 0,
      onBytes: (bytes, sender) => this.#receive(bytes, sender),
      onBroken: (error) => {
        if (this.#mouths.get(key) === mouth) this.#mouths.delete(key);
        this.#tell({ kind: "network", interfaceName: network.interfaceName, error });
      },
      onOpen: (socket) => {
        socket.setMulticastInterface(network.address);
        socket.setMulticastTTL(PACKET_LIFE);
        if (!this.#isClosed) this.#dependencies.onNetwork(network);
      },
    });
  }

  #closeMouths(): void {
    for (const { socket } of this.#mouths.values()) closeQuietly(socket);
    this.#mouths.clear();
  }

  #tell(problem: LinkProblem): void {
    const key = `${problem.kind} ${problem.interfaceName} ${codeOf(problem.error)}`;
    if (this.#isClosed || this.#told.has(key) || this.#told.size >= MOST_TOLD) return;
    this.#told.add(key);
    this.#dependencies.onProblem(problem);
  }
}

const keyOf = ({ interfaceName, address, netmask }: LinkNetwork): string => `${interfaceName} ${address} ${netmask}`;

const codeOf = (error: Error): string => ("code" in error ? String(error.code) : error.message);
