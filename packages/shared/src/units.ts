declare const brand: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** The name under which a machine reports; unique in the fleet. Shape: 1–128 printable characters without blanks. */
export type NodeId = Branded<string, "NodeId">;
/** A model name in its canonical form: lower-case, fully qualified, tagged (`registry.ollama.ai/library/gemma3:latest`). */
export type ModelKey = Branded<string, "ModelKey">;
/** Identifies one client request from the first log line to the stored row. Shape: `[A-Za-z0-9._-]{1,64}`. */
export type RequestId = Branded<string, "RequestId">;
/** A duration, or an instant on a monotonic clock, in milliseconds. */
export type Milliseconds = Branded<number, "Milliseconds">;
/** A size in bytes. */
export type Bytes = Branded<number, "Bytes">;
/** A count of model tokens. */
export type Tokens = Branded<number, "Tokens">;

export const nodeId = (value: string): NodeId => value as NodeId;
export const modelKey = (value: string): ModelKey => value as ModelKey;
export const requestId = (value: string): RequestId => value as RequestId;
export const milliseconds = (value: number): Milliseconds => value as Milliseconds;
export const bytes = (value: number): Bytes => value as Bytes;
export const tokens = (value: number): Tokens => value as Tokens;

/** Bytes in one GiB; every `*_gb` field on the wire counts in GiB. */
export const BYTES_PER_GIB = 2 ** 30;

/** Turns bytes into the GiB of the wire, two decimals. */
export const toGib = (size: number): number => Math.round((size / BYTES_PER_GIB) * 100) / 100;

/** Turns the GiB of the wire into whole bytes. */
export const fromGib = (gib: number): Bytes => bytes(Math.round(gib * BYTES_PER_GIB));
