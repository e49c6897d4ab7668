/** A domain name as its labels, without the root: `["Fleet Manager Router", "_fleet-manager", "_tcp", "local"]`. */
export type DnsName = readonly string[];

/** A name that was read, and where reading goes on behind it. */
export interface ReadName {
  readonly name: DnsName;
  readonly end: number;
}

const LONGEST_NAME_BYTES = 255;
const LONGEST_LABEL_BYTES = 63;
const POINTER_MARK = 0xc0;
/** Pointers that one name may follow; honest ones have one or two. */
const MOST_JUMPS = 16;

/** Thrown by the readers of this folder where bytes are no DNS message. */
export class MalformedMessage extends Error {}

/** Reads `_http._tcp.local.`; a dot cannot be part of a label here. */
export const nameOf = (text: string): DnsName => text.split(".").filter((label) => label !== "");

/** The same text for the same name: DNS names do not differ in case (RFC 6762 section 16). */
export const nameKey = (name: DnsName): string => name.join("\u0000").toLowerCase();

/** Whether two names are one. */
export const isSameName = (one: DnsName, other: DnsName): boolean => nameKey(one) === nameKey(other);

/** Shortens a text so that it fits into one label together with `suffix`, without cutting a character in two. */
export function labelOf(text: string, suffix = ""): string {
  let label = text;
  while (byteLength(label + suffix) > LONGEST_LABEL_BYTES) label = Array.from(label).slice(0, -1).join("");
  return label + suffix;
}

/** The bytes of a name, uncompressed: every reader understands that, and these messages are small. */
export function encodeName(name: DnsName): readonly number[] {
  const labels = name.map((label) => new TextEncoder().encode(label).subarray(0, LONGEST_LABEL_BYTES));
  return [...labels.flatMap((label) => [label.length, ...label]), 0];
}

/**
 * Reads a name at an offset. A compression pointer must lead backwards (RFC 1035 section 4.1.4), so no message can make it run for ever.
 * @throws MalformedMessage
 */
export function decodeName(bytes: Uint8Array, offset: number): ReadName {
  const first = readLabels(bytes, offset);
  const name = [...first.name];
  let { next } = first;
  for (let jumps = 0; next !== undefined; jumps += 1) {
    if (jumps === MOST_JUMPS) throw new MalformedMessage("a name has too many pointers");
    const part = readLabels(bytes, next);
    name.push(...part.name);
    next = part.next;
  }
  if (lengthOf(name) > LONGEST_NAME_BYTES) throw new MalformedMessage("a name is too long");
  return { name, end: first.end };
}

/** Reads up to the end of the name, or to a pointer, which is to be followed next. */
function readLabels(bytes: Uint8Array, offset: number): ReadName & { readonly next: number | undefined } {
  const name: string[] = [];
  let at = offset;
  for (let size = byteAt(bytes, at); size > 0; size = byteAt(bytes, at)) {
    if (size >= POINTER_MARK) return { name, end: at + 2, next: pointerAt(bytes, at, offset) };
    if (size > LONGEST_LABEL_BYTES || at + size >= bytes.length) throw new MalformedMessage("a label is too long");
    name.push(decoder.decode(bytes.subarray(at + 1, at + 1 + size)));
    at += size + 1;
  }
  return { name, end: at + 1, next: undefined };
}

const decoder = new TextDecoder();

/** Where a pointer leads: before the labels that it stands behind. */
function pointerAt(bytes: Uint8Array, at: number, before: number): number {
  const to = ((byteAt(bytes, at) & ~POINTER_MARK) << 8) | byteAt(bytes, at + 1);
  if (to >= before) throw new MalformedMessage("a pointer leads forwards");
  return to;
}

const lengthOf = (labels: readonly string[]): number => labels.reduce((sum, label) => sum + label.length + 1, 1);

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new MalformedMessage("it ends too early");
  return byte;
}

const byteLength = (text: string): number => new TextEncoder().encode(text).length;
