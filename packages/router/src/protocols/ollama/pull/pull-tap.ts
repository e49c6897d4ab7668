import { NOTHING_TOLD, type ReplyTap, type ReplyTapReading } from "../../../domain/reply.ts";
import { LineKeeper, splitLines } from "../../tap/line-keeper.ts";
import { errorTextOf, parseObject, type RecordBytes, recordText } from "../../tap/record.ts";

const SUCCESS = "success";

/** Whether a record of a pull says that the model is there. */
export const isSuccess = (text: string): boolean => text.includes(SUCCESS) && parseObject(text)?.["status"] === SUCCESS;

/** Watches a pull: it is whole when the node has said `success`, and failed when it has told an error. */
export function createPullTap(): ReplyTap {
  const open = new LineKeeper();
  let isComplete = false;
  let errorText: string | undefined;
  const look = (line: RecordBytes): void => {
    if (line.start === line.end) return;
    const text = recordText(line);
    if (isSuccess(text)) isComplete = true;
    const record = text.includes('"error"') ? parseObject(text) : undefined;
    if (record !== undefined && "error" in record) errorText = errorTextOf(record);
  };
  return {
    observe: (chunk) => splitLines(chunk, open, look),
    end: (): ReplyTapReading => {
      look(open.peek());
      return {
        ...NOTHING_TOLD,
        isComplete,
        errorText,
        isErrorVisible: true,
        closePartialRecord: open.length === 0 ? "" : "\n",
      };
    },
  };
}
