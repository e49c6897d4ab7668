import type { Severity } from "../health/check.ts";
import { isAtLeast } from "../health/severity.ts";
import { DeliveryQueue, type DeliveryQueueSources, type DeliveryState } from "./delivery-queue.ts";
import type { Notice, NoticeItem } from "./notice.ts";

/** One way by which notices go. */
export interface Channel {
  readonly name: string;
  /** Read before every notice. */
  readonly isOn: () => boolean;
  readonly deliver: (notice: Notice) => Promise<void>;
  readonly pausesMs: readonly number[];
}

/** What a notifier is made of. */
export interface NotifierSources extends Pick<DeliveryQueueSources, "schedule"> {
  readonly channels: readonly Channel[];
  /** Findings below it are not told. */
  readonly leastSeverity: () => Severity;
  readonly router: string;
  readonly onLost: (channel: string, reason: string) => void;
}

/** How one way fares. */
export interface ChannelState extends DeliveryState {
  readonly channel: string;
}

/** How a test went on one way. */
export interface TestResult {
  readonly channel: string;
  readonly isDelivered: boolean;
  readonly reason: string | undefined;
}

/** Tells what begins and ends to those who want to hear it: one notice for all that happened at once. */
export interface Notifier {
  tell(items: readonly NoticeItem[], now: number): void;
  /** One attempt on every way that is on. */
  test(now: number): Promise<readonly TestResult[]>;
  /** Of the ways that are on. */
  states(): readonly ChannelState[];
  close(): void;
}

export function createNotifier({ channels, leastSeverity, router, schedule, onLost }: NotifierSources): Notifier {
  const ways = channels.map((channel) => ({
    channel,
    queue: new DeliveryQueue({
      deliver: channel.deliver,
      pausesMs: channel.pausesMs,
      schedule,
      onLost: (_, reason) => onLost(channel.name, reason),
    }),
  }));
  const open = () => ways.filter(({ channel }) => channel.isOn());
  return {
    tell: (items, now) => {
      const told = items.filter(({ severity }) => isAtLeast(severity, leastSeverity()));
      if (told.length === 0) return;
      for (const { queue } of open()) queue.add({ at: now, router, items: told, isTest: false });
    },
    test: (now) => Promise.all(open().map((way) => tryOnce(way, { at: now, router, items: [], isTest: true }))),
    states: () => open().map(({ channel, queue }) => ({ channel: channel.name, ...queue.state() })),
    close: () => {
      for (const { queue } of ways) queue.close();
    },
  };
}

interface Way {
  readonly channel: Channel;
  readonly queue: DeliveryQueue;
}

async function tryOnce({ channel, queue }: Way, notice: Notice): Promise<TestResult> {
  try {
    await channel.deliver(notice);
    queue.note(undefined);
    return { channel: channel.name, isDelivered: true, reason: undefined };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    queue.note(reason);
    return { channel: channel.name, isDelivered: false, reason };
  }
}
