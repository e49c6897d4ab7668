import { choiceSetting, numberSetting, textSetting, toggleSetting } from "@herd/shared";

/** When the fleet is looked at, and who is told what was found. */
export const healthSettings = {
  healthIntervalS: numberSetting({
    meaning: "Time between two runs of the health checks.",
    unit: "seconds",
    default: 15,
    min: 1,
    max: 3600,
    isLive: true,
  }),
  healthSettleS: numberSetting({
    meaning:
      "A finding must stand for so long before it is written down and told, a critical one for a third of it. The list of findings shows it at once.",
    unit: "seconds",
    default: 30,
    min: 0,
    max: 3600,
    isLive: true,
  }),
  healthEndS: numberSetting({
    meaning: "A finding must be gone for so long before it is over; until then it is shown as resolved.",
    unit: "seconds",
    default: 60,
    min: 0,
    max: 3600,
    isLive: true,
  }),
  notify: toggleSetting({
    meaning: "Findings are told to notify_webhook_url; false keeps the URL and sends nothing.",
    aliases: ["FLEET_OFFLINE_ALERT"],
    default: true,
    isLive: true,
  }),
  notifyWebhookUrl: textSetting({
    meaning:
      "Where findings are posted as JSON when they begin and end: Slack, Discord, Mattermost, ntfy, Gotify or any other webhook; empty for nowhere.",
    aliases: ["FLEET_OFFLINE_ALERT_URL"],
    default: "",
    pattern: /^https?:\/\/[^\s/?#]+\S*$/i,
    expected: "an http:// or https:// URL",
    example: "https://hooks.slack.com/services/T0/B0/x",
    isLive: true,
  }),
  notifyWebhookSecret: textSetting({
    meaning: "Signs what is posted: X-Herd-Signature: sha256=HMAC of the body; empty for no signature.",
    default: "",
    pattern: /^\S{8,200}$/,
    expected: "8 to 200 characters without blanks",
    example: "a-long-random-text",
    isLive: true,
  }),
  notifyDesktop: toggleSetting({
    meaning: "Findings are shown on the desktop of the router's machine, too.",
    default: false,
    isLive: true,
  }),
  notifyMinSeverity: choiceSetting({
    meaning: "The least severe findings that are told.",
    choices: ["info", "warning", "critical"],
    default: "warning",
    isLive: true,
  }),
};

/** Settings whose values open something elsewhere: they are shown on the router's own machine only, and never logged. */
export const privateSettings: ReadonlySet<string> = new Set(["notify_webhook_url", "notify_webhook_secret"]);
