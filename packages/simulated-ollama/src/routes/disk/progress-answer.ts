import type { ProgressStep } from "../../disk/progress.ts";
import type { WholeAnswer } from "../../http/answer.ts";
import type { Exchange } from "../../http/exchange.ts";
import { encodeGo } from "../../json/encode-go.ts";

/**
 * Answers with the progress of a job: one chunk per record, or only its end. A job that fails before its first record
 * has a status of its own, and after it an error as its last line.
 */
export async function answerProgress(
  steps: AsyncIterable<ProgressStep>,
  exchange: Exchange,
  isStream: boolean,
): Promise<void> {
  const { reply } = exchange;
  for await (const step of steps) {
    if (step.kind === "failed") return await fail(step, exchange, isStream);
    if (!isStream) continue;
    if (!reply.hasBegun()) reply.begin([["Content-Type", "application/x-ndjson"]]);
    await reply.record(`${encodeGo(step.record)}\n`);
  }
  if (isStream) reply.end();
  else await reply.whole(plain(200, { status: "success" }));
}

async function fail(
  step: ProgressStep & { readonly kind: "failed" },
  { reply }: Exchange,
  isStream: boolean,
): Promise<void> {
  const answer = plain(step.status ?? 500, { error: step.text });
  if (!reply.hasBegun()) return await reply.whole({ ...answer, isFlushed: isStream });
  await reply.record(`${encodeGo({ error: step.text })}\n`);
  reply.end();
}

/** Without a charset: the header was set for a stream. */
function plain(status: number, value: object): WholeAnswer {
  return { status, headers: [["Content-Type", "application/json"]], body: encodeGo(value) };
}
