import { NOTHING_TOLD, type ReplyTap, type ReplyTapReading } from "../../domain/reply.ts";

/** A tap for replies of lines: `done` closes the answer, `error` and what follows it is the node's error. */
export function createRecordTap(): ReplyTap {
  let text = "";
  return {
    observe: (chunk) => {
      text += Buffer.from(chunk).toString();
    },
    end: () => readingOf(text),
  };
}

function readingOf(text: string): ReplyTapReading {
  const lines = text.split("\n");
  const errorLine = lines.find((line) => line.startsWith("error "));
  return {
    ...NOTHING_TOLD,
    isComplete: lines.includes("done"),
    errorText: errorLine?.slice("error ".length),
    isErrorVisible: errorLine !== undefined && !errorLine.endsWith("hidden"),
    contentRecords: lines.length - 1,
    outputTokens: lines.includes("done") ? lines.length - 2 : undefined,
    closePartialRecord: text === "" || text.endsWith("\n") ? "" : "\n",
  };
}
