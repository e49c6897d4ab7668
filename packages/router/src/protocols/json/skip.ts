import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, COMMA, isBlank, OPEN_BRACE, OPEN_BRACKET, QUOTE } from "./ascii.ts";

/** Bytes of a string looked at one by one before the built-in search takes over. */
const SHORT_TEXT = 48;

/** Position after the value that starts at `at`. The document must have passed `scanDocument`; nothing is judged here. */
export const skipValue = (body: Uint8Array, at: number): number => {
  const byte = body[at];
  if (byte === QUOTE) return skipString(body, at);
  if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return skipContainer(body, at);
  return skipScalar(body, at);
};

/** Position after the closing quote of the string that starts at `at`. */
export const skipString = (body: Uint8Array, at: number): number => {
  let quote = findQuote(body, at + 1);
  while (isEscaped(body, quote)) quote = findQuote(body, quote + 1);
  return quote + 1;
};

const findQuote = (body: Uint8Array, at: number): number => {
  const near = Math.min(body.length, at + SHORT_TEXT);
  for (let position = at; position < near; position += 1) {
    if (body[position] === QUOTE) return position;
  }
  const quote = body.indexOf(QUOTE, near);
  if (quote === -1) throw new RangeError("a string without its closing quote in a document taken for well-formed");
  return quote;
};

/** An odd number of backslashes before it makes a quote part of the text. */
const isEscaped = (body: Uint8Array, quote: number): boolean => {
  let start = quote;
  while (body[start - 1] === BACKSLASH) start -= 1;
  return (quote - start) % 2 === 1;
};

const skipContainer = (body: Uint8Array, at: number): number => {
  let depth = 0;
  let position = at;
  do {
    const byte = body[position];
    if (byte === QUOTE) position = skipString(body, position);
    else {
      depth += depthChange(byte);
      position += 1;
    }
  } while (depth > 0);
  return position;
};

const depthChange = (byte: number | undefined): number => {
  if (byte === undefined) throw new RangeError("a container without its end in a document taken for well-formed");
  if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return 1;
  return byte === CLOSE_BRACE || byte === CLOSE_BRACKET ? -1 : 0;
};

const skipScalar = (body: Uint8Array, at: number): number => {
  let position = at;
  while (position < body.length && !endsScalar(body[position])) position += 1;
  return position;
};

const endsScalar = (byte: number | undefined): boolean =>
  byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isBlank(byte);
