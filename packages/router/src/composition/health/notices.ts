import { hostname } from "node:os";
import type { Logger } from "pino";
import type { MarkedChange } from "../../health/running/health-book.ts";
import type { NoticeItem } from "../../notifications/notice.ts";
import { createNotifier, type Notifier } from "../../notifications/notifier.ts";
import { sendWebhook } from "../../notifications/send-webhook.ts";
import { showOnDesktop } from "../../notifications/show-on-desktop.ts";
import type { RouterSettings } from "../../settings/settings.ts";

/** Pauses before further attempts, ms: a receiver that restarts is back by then. */
const WEBHOOK_PAUSES_MS = [2_000, 10_000, 60_000, 300_000];

/** The ways by which findings are told, as the settings have them at the time. */
export function createNotices(settings: RouterSettings, log: Logger): Notifier {
  return createNotifier({
    channels: [
      {
        name: "webhook",
        isOn: () => settings.notify && settings.notifyWebhookUrl !== "",
        deliver: (notice) =>
          sendWebhook(notice, { url: settings.notifyWebhookUrl, secret: settings.notifyWebhookSecret }),
        pausesMs: WEBHOOK_PAUSES_MS,
      },
      {
        name: "desktop",
        isOn: () => settings.notifyDesktop,
        deliver: (notice) => showOnDesktop(notice, process.platform),
        pausesMs: [],
      },
    ],
    leastSeverity: () => settings.notifyMinSeverity,
    router: hostname(),
    schedule: (run, afterMs) => {
      const timer = setTimeout(run, afterMs);
      timer.unref();
      return () => clearTimeout(timer);
    },
    onLost: (channel, reason) => log.warn({ channel, reason }, "a notice could not be delivered"),
  });
}

/** What is told of news. What somebody knows already, or has put off, is no news; that it got worse is. */
export function noticeItemsOf(changes: readonly MarkedChange[]): readonly NoticeItem[] {
  return changes.flatMap(({ kind, standing, mark }) => {
    const isPutOff = mark !== undefined && kind !== "worsened";
    if (isPutOff) return [];
    const { finding, worst, since } = standing;
    const { checkId, nodeId, title, description, fix, command } = finding;
    return { change: kind, checkId, severity: worst, nodeId, title, description, fix, command, since };
  });
}
