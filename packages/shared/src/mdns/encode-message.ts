import { type DnsMessage, type DnsQuestion, type DnsRecord, recordType } from "./dns-message.ts";
import { encodeName } from "./dns-name.ts";

const RESPONSE_AND_AUTHORITATIVE = 0x8400;
const CLASS_INTERNET = 1;
const FLUSH_BIT = 0x8000;
const LONGEST_TEXT_BYTES = 255;

/** The bytes of a message (RFC 1035 section 4). */
export function encodeMessage(message: DnsMessage): Uint8Array {
  const { id, isResponse, questions, answers, authorities, additionals } = message;
  const sections = [answers, authorities, additionals];
  return Uint8Array.from([
    ...two(id),
    ...two(isResponse ? RESPONSE_AND_AUTHORITATIVE : 0),
    ...two(questions.length),
    ...sections.flatMap((records) => two(records.length)),
    ...questions.flatMap(encodeQuestion),
    ...sections.flatMap((records) => records.flatMap(encodeRecord)),
  ]);
}

function encodeQuestion({ name, type }: DnsQuestion): readonly number[] {
  return [...encodeName(name), ...two(type), ...two(CLASS_INTERNET)];
}

function encodeRecord(record: DnsRecord): readonly number[] {
  const value = encodeValue(record);
  const flags = CLASS_INTERNET | (record.isFlush ? FLUSH_BIT : 0);
  const head = [...encodeName(record.name), ...two(recordType[record.type]), ...two(flags)];
  return [...head, ...two(record.ttl >>> 16), ...two(record.ttl), ...two(value.length), ...value];
}

function encodeValue(record: DnsRecord): readonly number[] {
  switch (record.type) {
    case "A":
      return record.address.split(".").map(Number);
    case "PTR":
      return encodeName(record.target);
    case "SRV":
      return [...two(0), ...two(0), ...two(record.port), ...encodeName(record.target)];
    case "TXT":
      return record.texts.length === 0 ? [0] : record.texts.flatMap(encodeText);
  }
}

function encodeText(text: string): readonly number[] {
  const bytes = new TextEncoder().encode(text).subarray(0, LONGEST_TEXT_BYTES);
  return [bytes.length, ...bytes];
}

const two = (value: number): readonly [number, number] => [(value >>> 8) & 0xff, value & 0xff];
