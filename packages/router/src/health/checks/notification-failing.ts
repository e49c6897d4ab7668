import type { Check } from "../check.ts";
import { noticeTestCommand } from "../reading/commands.ts";
import { plainText } from "../words.ts";

/** A single failure is tried again, and often works. */
const FROM = 3;

/** Notices that do not arrive. */
export const notificationFailing: Check = {
  id: "notification_failing",
  title: "Notices that do not arrive",
  meaning: "warning when three attempts in a row to deliver a notice failed",
  appliesTo: ({ router }) => router.notices !== undefined,
  inspect: ({ router: { notices = [] }, traffic: { settings } }) =>
    notices.flatMap(({ channel, failuresInRow, reason = "no reason told", lost }) => {
      if (failuresInRow < FROM) return [];
      return {
        severity: "warning" as const,
        nodeId: undefined,
        subject: channel,
        title: `Notices by ${channel} do not arrive`,
        description: `${failuresInRow} attempts in a row failed: ${plainText(reason)}. ${lost} notices were given up.`,
        why: "Nobody is told when something else goes wrong.",
        fix:
          channel === "webhook"
            ? "Correct notify_webhook_url, then send a test"
            : "Install the system's program for notices, or set notify_desktop to false",
        command: noticeTestCommand(settings),
        details: { channel, failures_in_row: failuresInRow, reason: plainText(reason), lost },
      };
    }),
};
