/**
 * Reads one JSON value the way Go's `encoding/json` decoder does: member order and duplicate keys are kept, what follows
 * the first value is ignored, and a syntax error has Go's wording (bytes are named one by one, so a byte order mark
 * shows as `ï`).
 */

/** A JSON value with everything a Go decoder can observe. Numbers stay text: Go decides late what they become. */
export type JsonNode =
  | { readonly kind: "null" }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "array"; readonly items: readonly JsonNode[] }
  | { readonly kind: "object"; readonly members: readonly JsonMember[] };

/** One member of an object, in document order; a name may occur more than once. */
export interface JsonMember {
  readonly name: string;
  readonly value: JsonNode;
}

/** The value, or the text of Go's error (`EOF` for a body without a value). */
export type ParsedJson =
  | { readonly ok: true; readonly node: JsonNode }
  | { readonly ok: false; readonly error: string };

/** Parses the first JSON value of `bytes`. */
export function parseJson(bytes: Buffer): ParsedJson {
  const cursor: Cursor = { bytes, at: 0, depth: 0 };
  skipSpace(cursor);
  if (cursor.at >= bytes.length) return { ok: false, error: "EOF" };
  try {
    return { ok: true, node: readValue(cursor, "looking for beginning of value") };
  } catch (error) {
    if (error instanceof GoSyntaxError) return { ok: false, error: error.message };
    throw error;
  }
}

/** The node as an ordinary JavaScript value; of duplicate members the last wins, as in a Go map. */
export function toPlain(node: JsonNode): unknown {
  switch (node.kind) {
    case "null":
      return null;
    case "number":
      return Number(node.text);
    case "array":
      return node.items.map(toPlain);
    case "object":
      return Object.fromEntries(node.members.map((member) => [member.name, toPlain(member.value)]));
    case "bool":
    case "string":
      return node.value;
  }
}

interface Cursor {
  readonly bytes: Buffer;
  at: number;
  depth: number;
}

/** Go allows 10,000 levels; this reader's own stack holds fewer, and no request has more than a few. */
const maxDepth = 2000;

class GoSyntaxError extends Error {}

const code = (character: string): number => character.charCodeAt(0);
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;

function skipSpace(cursor: Cursor): void {
  while (isSpace(cursor.bytes[cursor.at])) cursor.at++;
}

function fail(cursor: Cursor, context: string): GoSyntaxError {
  const byte = cursor.bytes[cursor.at];
  if (byte === undefined) return new GoSyntaxError("unexpected EOF");
  return new GoSyntaxError(`invalid character ${quoteByte(byte)} ${context}`);
}

function quoteByte(byte: number): string {
  if (byte === code("'")) return "'\\''";
  if (byte === code('"')) return "'\"'";
  const named: Record<number, string> = { 7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 92: "\\" };
  const name = named[byte];
  if (name !== undefined) return `'\\${name}'`;
  if (byte < 0x20 || byte === 0x7f) return `'\\x${byte.toString(16).padStart(2, "0")}'`;
  if ((byte > 0x7f && byte < 0xa1) || byte === 0xad) return `'\\u00${byte.toString(16)}'`;
  return `'${String.fromCharCode(byte)}'`;
}

function readValue(cursor: Cursor, context: string): JsonNode {
  skipSpace(cursor);
  const byte = cursor.bytes[cursor.at];
  if (byte === code("{")) return nested(cursor, readObject);
  if (byte === code("[")) return nested(cursor, readArray);
  if (byte === code('"')) return { kind: "string", value: readString(cursor) };
  if (byte === code("-") || isDigit(byte)) return readNumber(cursor);
  if (byte === code("t")) return readWord(cursor, "true", { kind: "bool", value: true });
  if (byte === code("f")) return readWord(cursor, "false", { kind: "bool", value: false });
  if (byte === code("n")) return readWord(cursor, "null", { kind: "null" });
  throw fail(cursor, context);
}

function nested(cursor: Cursor, read: (cursor: Cursor) => JsonNode): JsonNode {
  if (++cursor.depth > maxDepth) throw fail(cursor, "exceeded max depth");
  const node = read(cursor);
  cursor.depth--;
  return node;
}

function readObject(cursor: Cursor): JsonNode {
  const members: JsonMember[] = [];
  cursor.at++;
  skipSpace(cursor);
  if (cursor.bytes[cursor.at] === code("}")) {
    cursor.at++;
    return { kind: "object", members };
  }
  for (;;) {
    skipSpace(cursor);
    if (cursor.bytes[cursor.at] !== code('"')) throw fail(cursor, "looking for beginning of object key string");
    const name = readString(cursor);
    expectByte(cursor, ":", "after object key");
    members.push({ name, value: readValue(cursor, "looking for beginning of value") });
    if (isListEnd(cursor, "}", "after object key:value pair")) return { kind: "object", members };
  }
}

function readArray(cursor: Cursor): JsonNode {
  const items: JsonNode[] = [];
  cursor.at++;
  skipSpace(cursor);
  if (cursor.bytes[cursor.at] === code("]")) {
    cursor.at++;
    return { kind: "array", items };
  }
  for (;;) {
    items.push(readValue(cursor, "looking for beginning of value"));
    if (isListEnd(cursor, "]", "after array element")) return { kind: "array", items };
  }
}

function expectByte(cursor: Cursor, character: string, context: string): void {
  skipSpace(cursor);
  if (cursor.bytes[cursor.at] !== code(character)) throw fail(cursor, context);
  cursor.at++;
}

function isListEnd(cursor: Cursor, closing: string, context: string): boolean {
  skipSpace(cursor);
  if (cursor.bytes[cursor.at] === code(closing)) {
    cursor.at++;
    return true;
  }
  expectByte(cursor, ",", context);
  return false;
}

function readWord(cursor: Cursor, word: string, node: JsonNode): JsonNode {
  for (const [index, character] of [...word].entries()) {
    if (cursor.bytes[cursor.at] !== code(character)) {
      throw fail(
        cursor,
        index === 0 ? "looking for beginning of value" : `in literal ${word} (expecting '${character}')`,
      );
    }
    cursor.at++;
  }
  return node;
}

function readNumber(cursor: Cursor): JsonNode {
  const start = cursor.at;
  if (cursor.bytes[cursor.at] === code("-")) cursor.at++;
  if (cursor.bytes[cursor.at] === code("0")) cursor.at++;
  else readDigits(cursor, "in numeric literal");
  if (cursor.bytes[cursor.at] === code(".")) {
    cursor.at++;
    readDigits(cursor, "after decimal point in numeric literal");
  }
  if (cursor.bytes[cursor.at] === code("e") || cursor.bytes[cursor.at] === code("E")) {
    cursor.at++;
    if (cursor.bytes[cursor.at] === code("+") || cursor.bytes[cursor.at] === code("-")) cursor.at++;
    readDigits(cursor, "in exponent of numeric literal");
  }
  return { kind: "number", text: cursor.bytes.toString("latin1", start, cursor.at) };
}

function readDigits(cursor: Cursor, context: string): void {
  if (!isDigit(cursor.bytes[cursor.at])) throw fail(cursor, context);
  while (isDigit(cursor.bytes[cursor.at])) cursor.at++;
}

function readString(cursor: Cursor): string {
  const start = cursor.at;
  let hasEscape = false;
  cursor.at++;
  for (;;) {
    const byte = cursor.bytes[cursor.at];
    if (byte === undefined || byte < 0x20) throw fail(cursor, "in string literal");
    cursor.at++;
    if (byte === code('"')) break;
    if (byte !== code("\\")) continue;
    hasEscape = true;
    skipEscape(cursor);
  }
  const text = cursor.bytes.toString("utf8", start, cursor.at);
  if (!hasEscape) return text.slice(1, -1);
  // Half a surrogate pair becomes U+FFFD, as in Go.
  return (JSON.parse(text) as string).toWellFormed();
}

function skipEscape(cursor: Cursor): void {
  const byte = cursor.bytes[cursor.at];
  if (byte === undefined || !'"\\/bfnrtu'.includes(String.fromCharCode(byte)))
    throw fail(cursor, "in string escape code");
  cursor.at++;
  if (byte !== code("u")) return;
  for (let digit = 0; digit < 4; digit++) {
    const hex = cursor.bytes[cursor.at];
    if (hex === undefined || !/[0-9a-fA-F]/.test(String.fromCharCode(hex))) {
      throw fail(cursor, "in \\u hexadecimal character escape");
    }
    cursor.at++;
  }
}
