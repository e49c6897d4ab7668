import type { DnsName } from "./dns-name.ts";

/** Numbers of the record types that discovery needs (RFC 1035, RFC 2782). */
export const recordType = { A: 1, PTR: 12, TXT: 16, SRV: 33, ANY: 255 } as const;

/** What somebody asks for. */
export interface DnsQuestion {
  readonly name: DnsName;
  /** Number of the record type. */
  readonly type: number;
}

/** What a record says, by its type. */
export type RecordValue =
  | { readonly type: "A" /** Dotted IPv4. */; readonly address: string }
  | { readonly type: "PTR"; readonly target: DnsName }
  | { readonly type: "SRV"; readonly target: DnsName; readonly port: number }
  | { readonly type: "TXT" /** `key=value` each. */; readonly texts: readonly string[] };

/** One record. */
export type DnsRecord = RecordValue & {
  readonly name: DnsName;
  /** Seconds for which it counts; 0 takes it back. */
  readonly ttl: number;
  /** It replaces what was known before (RFC 6762 section 10.2). */
  readonly isFlush: boolean;
};

/** A DNS message; records of types that discovery does not need are left out. */
export interface DnsMessage {
  /** 0 in multicast; echoed to those who ask from another port than 5353. */
  readonly id: number;
  readonly isResponse: boolean;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  /** In a question: what the asker is about to announce (RFC 6762 section 8.2). */
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

/** Completes a message. */
export function messageOf(parts: Partial<DnsMessage>): DnsMessage {
  return { id: 0, isResponse: false, questions: [], answers: [], authorities: [], additionals: [], ...parts };
}

/** All records of a message. */
export const recordsOf = ({ answers, authorities, additionals }: DnsMessage): readonly DnsRecord[] => [
  ...answers,
  ...authorities,
  ...additionals,
];
