import type { ReplySink } from "../../../domain/reply.ts";
import { LINE_FEED } from "../../json/ascii.ts";
import { isSuccess } from "./pull-tap.ts";

/**
 * Lets the records of a pull pass as they come, but for the one that says `success`: that leaves only when `beforeSuccess`
 * has resolved, so that whoever reads it finds the model in every list. Of a record that is not whole yet, nothing leaves.
 */
export function createClosingSink(inner: ReplySink, beforeSuccess: () => Promise<void>): ReplySink {
  let rest: Uint8Array = new Uint8Array();
  let isHolding = false;
  const pass = (bytes: Uint8Array): boolean => bytes.length === 0 || inner.write(bytes);
  const takeLines = (): boolean => {
    let start = 0;
    for (let feed = rest.indexOf(LINE_FEED); feed !== -1 && !isHolding; feed = rest.indexOf(LINE_FEED, start)) {
      isHolding = isSuccess(textOf(rest.subarray(start, feed)));
      if (!isHolding) start = feed + 1;
    }
    const whole = rest.subarray(0, start);
    rest = rest.subarray(start);
    return pass(whole);
  };
  return {
    begin: (head) => inner.begin(head),
    write: (chunk) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      return isHolding || takeLines();
    },
    onDrain: (resume) => inner.onDrain(resume),
    end: () => {
      const finish = (): void => {
        pass(rest);
        inner.end();
      };
      if (isHolding || isSuccess(textOf(rest))) void beforeSuccess().then(finish, finish);
      else finish();
    },
    destroy: () => inner.destroy(),
  };
}

const decoder = new TextDecoder();
const textOf = (bytes: Uint8Array): string => decoder.decode(bytes);
