/** Computes vectors and sends them, unless a fault breaks that off. */
import type { Embedded } from "../dialects/embeddings/embed-dialect.ts";
import type { Fault } from "../faults/fault.ts";
import type { AnswerRun } from "../generation/run-answer.ts";
import { runEmbedding } from "../generation/run-embedding.ts";
import type { Exchange } from "../http/exchange.ts";
import { RunnerDeath } from "../runners/runner-process.ts";
import type { Work } from "./intent.ts";
import { breakAt } from "./record-fault.ts";
import { untilGone } from "./request-fault.ts";

/** One answer on its way. */
export interface EmbedRelay {
  readonly exchange: Exchange;
  readonly fault: Fault | undefined;
  /** Total and load duration for the time inside the runner, all in nanoseconds. */
  readonly durations: (spent: {
    promptDuration: number;
    answerDuration: number;
  }) => Pick<Embedded, "totalDuration" | "loadDuration">;
}

/** Vectors are one answer without records: a fault that waits for some strikes when they are computed. */
export async function relayEmbedding(
  work: Work & { readonly kind: "embed" },
  run: AnswerRun,
  relay: EmbedRelay,
): Promise<void> {
  const { exchange, fault } = relay;
  const { dialect } = work;
  const result = await runEmbedding(work.wish, run).catch((error: unknown) => {
    if (error instanceof RunnerDeath) return undefined;
    throw error;
  });
  const { died } = dialect.runnerFault;
  if (result === undefined)
    return await exchange.reply.whole(dialect.refuse({ status: died, text: deadRunnerText, stage: "route" }));
  const broken = breakAt(fault, 0, true);
  switch (broken?.kind) {
    case undefined:
    case "silent-end": {
      const durations = relay.durations({ promptDuration: result.promptDuration, answerDuration: 0 });
      return await exchange.reply.whole(dialect.vectors({ ...result, ...durations }));
    }
    case "cut":
      return exchange.reply.cut(broken.how);
    case "hang":
      return await untilGone(exchange.signal);
    case "runner-died": {
      const isFoundDead = fault?.kind === "http-500";
      const status = isFoundDead ? 500 : dialect.runnerFault.died;
      const text = isFoundDead || hasOwnText(fault) ? broken.text : deadRunnerText;
      return await exchange.reply.whole(dialect.refuse({ status, text, stage: "route" }));
    }
  }
}

/** What a real node said when its runner was killed while it read a text. */
const deadRunnerText = 'do embedding request: Post "http://127.0.0.1:35115/embedding": EOF';

function hasOwnText(fault: Fault | undefined): boolean {
  return fault !== undefined && "text" in fault && fault.text !== undefined;
}
