import { createHmac } from "node:crypto";
import { type Notice, noticeSeverity, noticeText, noticeTitle } from "./notice.ts";

/** What is sent to a webhook. */
export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Discord refuses longer messages, characters. */
const LONGEST_CONTENT = 1_900;

/**
 * A notice as a webhook gets it. Slack's and Discord's own hooks get their form; anybody else a JSON object in which `text`
 * (Slack, Mattermost, Rocket.Chat), `content` (Discord), `title` and `message` (ntfy, Gotify) hold the same words, and
 * `findings` the facts.
 * @param secret signs the body: `X-Herd-Signature: sha256=HEX`, an HMAC over the bytes of the body; empty for none
 */
export function webhookRequestOf(notice: Notice, url: string, secret: string): WebhookRequest {
  const body = JSON.stringify(contentFor(new URL(url).hostname, notice));
  const signature = secret === "" ? {} : { "x-herd-signature": signatureOf(body, secret) };
  return { headers: { "content-type": "application/json", ...NTFY_HEADERS, ...signature }, body };
}

/** Ntfy shows JSON as it is unless it is told where the words stand. */
const NTFY_HEADERS = { "x-template": "yes", "x-title": "{{.title}}", "x-message": "{{.message}}" };

const signatureOf = (body: string, secret: string): string =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

function contentFor(host: string, notice: Notice): object {
  const [title, message] = [noticeTitle(notice), noticeText(notice)];
  const words = `${title}\n${message}`;
  const slack = { text: withoutMentions(words) };
  const discord = { content: words.slice(0, LONGEST_CONTENT), allowed_mentions: { parse: [] } };
  if (host === "hooks.slack.com") return slack;
  if (host === "discord.com" || host === "discordapp.com") return discord;
  return { ...slack, ...discord, title, message, ...factsOf(notice) };
}

/** In Slack's words `<!channel>` calls everybody; names come from machines that anybody may have set up. */
const withoutMentions = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function factsOf(notice: Notice): object {
  return {
    source: "herd",
    router: notice.router,
    severity: noticeSeverity(notice),
    is_test: notice.isTest,
    sent_at: notice.at / 1000,
    findings: notice.items.map(({ change, checkId, severity, nodeId, title, description, fix, command, since }) => ({
      change,
      check_id: checkId,
      severity,
      node_id: nodeId ?? null,
      title,
      description,
      fix,
      command: command ?? null,
      since: since / 1000,
    })),
  };
}
