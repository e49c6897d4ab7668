import { describe, expect, it } from "vitest";
import type { Severity } from "../health/check.ts";
import type { Notice, NoticeItem } from "./notice.ts";
import { createNotifier } from "./notifier.ts";

const item = (severity: Severity, title = "t"): NoticeItem => ({
  change: "began",
  checkId: "a",
  severity,
  nodeId: undefined,
  title,
  description: "d",
  fix: "f",
  command: undefined,
  since: 0,
});

function startNotifier(settings: { isOn: boolean; least: Severity; isBroken: boolean }) {
  const sent: Notice[] = [];
  const notifier = createNotifier({
    channels: [
      {
        name: "webhook",
        isOn: () => settings.isOn,
        deliver: async (notice) => {
          if (settings.isBroken) throw new Error("refused");
          sent.push(notice);
        },
        pausesMs: [],
      },
    ],
    leastSeverity: () => settings.least,
    router: "den",
    schedule: () => () => undefined,
    onLost: () => undefined,
  });
  return { notifier, sent };
}

describe("telling findings", () => {
  it("sends one notice for all that happened at once, without what is less severe than wanted", () => {
    const { notifier, sent } = startNotifier({ isOn: true, least: "warning", isBroken: false });
    notifier.tell([item("info", "a"), item("warning", "b"), item("critical", "c")], 5);
    notifier.tell([item("info")], 6);
    expect(sent.map(({ items, at }) => [at, ...items.map(({ title }) => title)])).toEqual([[5, "b", "c"]]);
  });

  it("sends nothing while it is off, and begins as soon as it is switched on", () => {
    const settings = { isOn: false, least: "info" as const, isBroken: false };
    const { notifier, sent } = startNotifier(settings);
    notifier.tell([item("critical")], 1);
    expect([sent.length, notifier.states().length]).toEqual([0, 0]);
    settings.isOn = true;
    notifier.tell([item("critical")], 2);
    expect(sent).toHaveLength(1);
  });

  it("tells how a test went, and counts its failures with the others", async () => {
    const settings = { isOn: true, least: "info" as const, isBroken: true };
    const { notifier, sent } = startNotifier(settings);
    expect(await notifier.test(1)).toEqual([{ channel: "webhook", isDelivered: false, reason: "refused" }]);
    expect(notifier.states()).toMatchObject([{ channel: "webhook", failuresInRow: 1, reason: "refused" }]);
    settings.isBroken = false;
    expect(await notifier.test(2)).toMatchObject([{ isDelivered: true }]);
    expect(notifier.states()).toMatchObject([{ failuresInRow: 0 }]);
    expect(sent).toMatchObject([{ isTest: true }]);
  });
});
