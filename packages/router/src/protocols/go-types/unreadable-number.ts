import { isDigit, MINUS, QUOTE } from "../json/ascii.ts";
import { skipString, skipValue } from "../json/skip.ts";
import { literalAt } from "../json/text.ts";

/** The first number in a value, however deep, that no double can hold, as written; undefined when all can be held. */
export const findUnreadableNumber = (body: Uint8Array, at: number): string | undefined => {
  const end = skipValue(body, at);
  let position = at;
  while (position < end) {
    const byte = body[position];
    if (byte === QUOTE) position = skipString(body, position);
    else if (byte === MINUS || isDigit(byte)) {
      const literal = literalAt(body, position);
      if (!Number.isFinite(Number(literal))) return literal;
      position += literal.length;
    } else position += 1;
  }
  return undefined;
};
