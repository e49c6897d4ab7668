import { allChecks } from "./all-checks.ts";

/** The page docs/reference/health-checks.md: Markdown without an end of line. */
export function describeHealthChecks(): string {
  const rows = [...allChecks]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, title, meaning }) => `| \`${id}\` | ${title} | ${capitalised(meaning)} |`);
  return `# Health checks

The router looks at the fleet every \`health_interval_s\` seconds, and when somebody asks and the last look is older than two seconds.
\`GET /dashboard/api/health\` and \`herd doctor\` list what was found, each with why it matters, how it is put right, and the requests that show
it. A check whose readings no machine reports stays silent.

The score is 100 for a fleet without findings. A critical finding costs 20, a warning 10; information, what is resolved, and what somebody
has acknowledged or put off cost nothing.

A finding is listed at once. It is written to the history and told by webhook or on the desktop (\`notify_webhook_url\`, \`notify_desktop\`) once
it has stood for \`health_settle_s\` (a critical one for a third of that), and it is over once it has been gone for \`health_end_s\`; until then it
is listed as resolved. An acknowledgement holds until the finding is over; a snooze holds until its time, also while the finding comes and
goes, and what still stands then is told. Neither holds once the finding gets worse: it costs and is told again.

A check that cannot be made is a finding of its own, \`check_failed\`; the others are made all the same.

| Check | What it looks for | When it finds something |
|---|---|---|
${rows.join("\n")}`;
}

const capitalised = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
