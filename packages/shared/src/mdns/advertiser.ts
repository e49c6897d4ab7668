import { type Advertisement, announcementOf, farewellOf, outsiderAnswerOf, probeOf } from "./advertisement.ts";
import { nextName, reactionTo } from "./advertisement-reactions.ts";
import { createAllowance } from "./allowance.ts";
import type { DnsMessage } from "./dns-message.ts";
import type { LinkNetwork } from "./link-networks.ts";
import { type LinkProblem, MulticastLink, type Received } from "./multicast-link.ts";
import { MDNS_PORT, type Sender } from "./multicast-socket.ts";

/** What an advertiser needs. */
export interface AdvertiserDependencies {
  readonly advertisement: Advertisement;
  readonly readNetworks: () => readonly LinkNetwork[];
  /** It stands under this name from now on: the wished one, or another because somebody else has that. */
  readonly onNamed: (name: string, networks: readonly LinkNetwork[]) => void;
  readonly onProblem: (problem: LinkProblem) => void;
  /** ms on a monotonic clock. */
  readonly monotonic: () => number;
  /** 0 inclusive to 1 exclusive. */
  readonly random: () => number;
  /** Default: the port of multicast DNS. */
  readonly port?: number;
}

/** Times of RFC 6762 sections 6 and 8, ms. */
const PROBE_EVERY_MS = 250;
const PROBES = 3;
const SECOND_ANNOUNCEMENT_MS = 1_000;
const LEAST_GAP_MS = 1_000;
const LEAST_DEFENCE_GAP_MS = 250;
const SHARED_ANSWER_MS = { least: 20, spread: 100 };
/** After so many names in a row that others have, the next is tried after this pause, ms: somebody may be playing. */
const MANY_RIVALS = 10;
const RIVALS_PAUSE_MS = 5_000;
/** Answers to askers outside of multicast DNS, in one second. */
const MOST_OUTSIDERS = { perSource: 5, altogether: 20 };

interface Turn {
  sentAt: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Announces one thing on all networks of this machine, in each with the address it has there: looks first whether its name is free,
 * takes another where it is not, announces again when an address changes, answers who asks, and takes everything back at the end.
 */
export class Advertiser {
  readonly #dependencies: AdvertiserDependencies;
  readonly #link: MulticastLink;
  readonly #turns = new Map<string, Turn>();
  #advertisement: Advertisement;
  #phase: "waiting" | "probing" | "standing" | "withdrawn" = "waiting";
  #step: NodeJS.Timeout | undefined;
  #rivals = 0;
  readonly #mayAnswerOutsider: (source: string) => boolean;

  constructor(dependencies: AdvertiserDependencies) {
    this.#dependencies = dependencies;
    this.#advertisement = dependencies.advertisement;
    const { readNetworks, onProblem, monotonic, port } = dependencies;
    this.#mayAnswerOutsider = createAllowance(MOST_OUTSIDERS, monotonic);
    this.#link = new MulticastLink({
      readNetworks,
      onProblem,
      monotonic,
      onReceived: (received) => this.#receive(received),
      onNetwork: (network) => this.#meet(network),
      ...(port === undefined ? {} : { port }),
    });
  }

  /** Takes everything back and ends. */
  async withdraw(): Promise<void> {
    const wasStanding = this.#phase === "standing";
    this.#phase = "withdrawn";
    clearTimeout(this.#step);
    for (const { timer } of this.#turns.values()) clearTimeout(timer);
    if (wasStanding) await this.#takeBack();
    this.#link.close();
  }

  #meet(network: LinkNetwork): void {
    if (this.#phase === "standing") {
      this.#announceIn(network, 0);
      this.#later(SECOND_ANNOUNCEMENT_MS, () => this.#announce());
    }
    // All networks of the start are met within a moment; the first of them starts the probing.
    if (this.#phase === "waiting") this.#probe(this.#dependencies.random() * PROBE_EVERY_MS);
  }

  #probe(afterMs: number, sent = 0): void {
    this.#phase = "probing";
    this.#later(afterMs, () => {
      if (sent === PROBES) return this.#stand();
      const probe = probeOf(this.#advertisement);
      for (const network of this.#link.networks()) void this.#link.send(network, probe);
      this.#probe(PROBE_EVERY_MS, sent + 1);
    });
  }

  #stand(): void {
    this.#phase = "standing";
    this.#rivals = 0;
    this.#dependencies.onNamed(this.#advertisement.name, this.#link.networks());
    this.#announce();
    this.#later(SECOND_ANNOUNCEMENT_MS, () => this.#announce());
  }

  #receive({ message, sender, networks }: Received): void {
    if (this.#phase === "withdrawn") return;
    const isOutsider = sender.port !== (this.#dependencies.port ?? MDNS_PORT);
    const isProbing = this.#phase !== "standing";
    switch (reactionTo(this.#advertisement, message, { isProbing, isOutsider })) {
      case "rename":
        this.#rename();
        break;
      case "answer":
        this.#answer(networks, this.#dependencies.random() * SHARED_ANSWER_MS.spread + SHARED_ANSWER_MS.least);
        break;
      case "defend":
        this.#answer(networks, 0);
        break;
      case "answer-outsider":
        this.#answerOutsider(networks, sender, message);
        break;
      case "ignore":
    }
  }

  #answer(networks: readonly LinkNetwork[], delayMs: number): void {
    const gapMs = delayMs === 0 ? LEAST_DEFENCE_GAP_MS : LEAST_GAP_MS;
    for (const network of networks) this.#announceIn(network, delayMs, gapMs);
  }

  /** Only machines of the same network are answered: nobody else can be made to receive anything. */
  #answerOutsider([network]: readonly LinkNetwork[], sender: Sender, message: DnsMessage): void {
    if (network === undefined || !this.#mayAnswerOutsider(sender.address)) return;
    this.#link.reply(sender, outsiderAnswerOf(this.#announcementIn(network), message));
  }

  /** Somebody else has the name: the old announcement must not take theirs back, so nothing is said about it. */
  #rename(): void {
    this.#rivals += 1;
    this.#advertisement = { ...this.#advertisement, name: nextName(this.#advertisement.name) };
    this.#probe(this.#rivals > MANY_RIVALS ? RIVALS_PAUSE_MS : this.#dependencies.random() * PROBE_EVERY_MS);
  }

  #announce(): void {
    for (const network of this.#link.networks()) this.#announceIn(network, 0, 0);
  }

  /** Announces after a while, once for all who ask until then, and no sooner after the last time than `gapMs`. */
  #announceIn(network: LinkNetwork, delayMs: number, gapMs = 0): void {
    const turn = this.#turnIn(network);
    if (turn.timer !== undefined) return;
    const { monotonic } = this.#dependencies;
    const waitMs = Math.max(delayMs, turn.sentAt + gapMs - monotonic());
    turn.timer = setTimeout(() => {
      turn.timer = undefined;
      turn.sentAt = monotonic();
      if (this.#phase === "standing") void this.#link.send(network, this.#announcementIn(network));
    }, waitMs);
    turn.timer.unref();
  }

  #turnIn({ interfaceName, address }: LinkNetwork): Turn {
    const key = `${interfaceName} ${address}`;
    const turn = this.#turns.get(key) ?? { sentAt: Number.NEGATIVE_INFINITY, timer: undefined };
    this.#turns.set(key, turn);
    return turn;
  }

  #announcementIn({ address }: LinkNetwork) {
    return announcementOf(this.#advertisement, address);
  }

  async #takeBack(): Promise<void> {
    const networks = this.#link.networks();
    await Promise.all(networks.map((network) => this.#link.send(network, farewellOf(this.#announcementIn(network)))));
  }

  #later(ms: number, run: () => void): void {
    clearTimeout(this.#step);
    this.#step = setTimeout(run, ms);
    this.#step.unref();
  }
}
