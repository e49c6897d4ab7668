import { type DnsMessage, type DnsQuestion, type DnsRecord, type RecordValue, recordType } from "./dns-message.ts";
import { decodeName, MalformedMessage } from "./dns-name.ts";

const RESPONSE_BIT = 0x8000;
const OPERATION_BITS = 0x7800;
const CLASS_BITS = 0x7fff;
const CLASS_INTERNET = 1;
/** More than any honest message holds; the bound keeps a forged one from costing much. */
const MOST_ENTRIES = 256;
const HEAD_BYTES = 12;

/** Reads a message; undefined where the bytes are none, or one of an operation other than a query (RFC 6762 section 18). */
export function decodeMessage(bytes: Uint8Array): DnsMessage | undefined {
  try {
    return readMessage(bytes);
  } catch (error) {
    if (error instanceof MalformedMessage || error instanceof RangeError) return undefined;
    throw error;
  }
}

interface Reader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
}

function readMessage(bytes: Uint8Array): DnsMessage | undefined {
  const reader: Reader = {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    at: HEAD_BYTES,
  };
  const { view } = reader;
  const flags = view.getUint16(2);
  const counts = [4, 6, 8, 10].map((offset) => view.getUint16(offset));
  if ((flags & OPERATION_BITS) !== 0 || counts.reduce((sum, count) => sum + count) > MOST_ENTRIES) return undefined;
  const [questionCount = 0, answerCount = 0, authorityCount = 0, additionalCount = 0] = counts;
  const questions = times(questionCount, () => readQuestion(reader));
  const records = (count: number) => times(count, () => readRecord(reader)).filter((record) => record !== undefined);
  const [answers, authorities, additionals] = [records(answerCount), records(authorityCount), records(additionalCount)];
  return {
    id: view.getUint16(0),
    isResponse: (flags & RESPONSE_BIT) !== 0,
    questions,
    answers,
    authorities,
    additionals,
  };
}

const times = <Value>(count: number, read: () => Value): Value[] => Array.from({ length: count }, read);

function readQuestion(reader: Reader): DnsQuestion {
  const { name, end } = decodeName(reader.bytes, reader.at);
  const type = reader.view.getUint16(end);
  reader.at = end + 4;
  return { name, type };
}

function readRecord(reader: Reader): DnsRecord | undefined {
  const { bytes, view } = reader;
  const { name, end } = decodeName(bytes, reader.at);
  const [type, flags, ttl] = [view.getUint16(end), view.getUint16(end + 2), view.getUint32(end + 4)];
  const start = end + 10;
  const length = view.getUint16(end + 8);
  if (start + length > bytes.length) throw new MalformedMessage("a record ends too early");
  reader.at = start + length;
  if ((flags & CLASS_BITS) !== CLASS_INTERNET) return undefined;
  const value = readValue({ bytes, view, start, length, type });
  return value && { ...value, name, ttl, isFlush: flags > CLASS_BITS };
}

interface RawValue {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly start: number;
  readonly length: number;
  readonly type: number;
}

function readValue({ bytes, view, start, length, type }: RawValue): RecordValue | undefined {
  switch (type) {
    case recordType.A:
      return length === 4 ? { type: "A", address: bytes.subarray(start, start + 4).join(".") } : undefined;
    case recordType.PTR:
      return { type: "PTR", target: decodeName(bytes, start).name };
    case recordType.SRV:
      return { type: "SRV", port: view.getUint16(start + 4), target: decodeName(bytes, start + 6).name };
    case recordType.TXT:
      return { type: "TXT", texts: readTexts(bytes.subarray(start, start + length)) };
    default:
      return undefined;
  }
}

const decoder = new TextDecoder();

/** A text that claims to be longer than the record ends with it. */
function readTexts(bytes: Uint8Array): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; at += 1 + (bytes[at] ?? 0)) {
    const size = bytes[at] ?? 0;
    if (size > 0) texts.push(decoder.decode(bytes.subarray(at + 1, at + 1 + size)));
  }
  return texts;
}
