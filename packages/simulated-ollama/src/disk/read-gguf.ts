/** Reads what the head of a GGUF file says of its model, as far as the simulation has a use for it. */
import type { WeightFacts } from "./blobs.ts";

/** `undefined` when the file is none. A file that breaks off, or says less, is a small llama. */
export function readGguf(file: Buffer): WeightFacts | undefined {
  if (file.length < 4 || file.toString("latin1", 0, 4) !== "GGUF") return undefined;
  const values = readValues(file);
  const family = textOf(values.get("general.architecture")) ?? "llama";
  const isEmbedding = family.includes("bert");
  const quantization = fileTypes[Number(values.get("general.file_type") ?? 1)] ?? "unknown";
  return {
    family,
    parameterSize: printCount(Number(values.get("general.parameter_count") ?? file.length / 2)),
    quantization,
    contextLength: Number(values.get(`${family}.context_length`) ?? 2048),
    capabilities: [isEmbedding ? "embedding" : "completion"],
  };
}

/** Names of the commonest numbers of `general.file_type`. */
const fileTypes: Record<number, string> = {
  0: "F32",
  1: "F16",
  2: "Q4_0",
  3: "Q4_1",
  7: "Q8_0",
  14: "Q4_K_S",
  15: "Q4_K_M",
  17: "Q5_K_M",
  18: "Q6_K",
  32: "BF16",
};

type Value = string | number | bigint | boolean;

/** The values before the first one that cannot be read; lists are passed over. */
function readValues(file: Buffer): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>();
  try {
    const cursor = createCursor(file, 16);
    const count = cursor.long();
    for (let index = 0n; index < count; index++) {
      const name = cursor.text();
      const value = readValue(cursor, cursor.int());
      if (value !== undefined) values.set(name, value);
    }
  } catch (error) {
    // Bytes ran out: what came before them counts.
    if (!(error instanceof RangeError)) throw error;
  }
  return values;
}

interface Cursor {
  int(): number;
  long(): bigint;
  text(): string;
  /** Passes over this many bytes and returns where they were. */
  skip(bytes: number): number;
  readonly file: Buffer;
}

function createCursor(file: Buffer, start: number): Cursor {
  let at = start;
  const skip = (bytes: number): number => {
    if (at + bytes > file.length) throw new RangeError("the file breaks off");
    at += bytes;
    return at - bytes;
  };
  const long = () => file.readBigUInt64LE(skip(8));
  return {
    file,
    skip,
    long,
    int: () => file.readUInt32LE(skip(4)),
    text() {
      const length = Number(long());
      const from = skip(length);
      return file.toString("utf8", from, from + length);
    },
  };
}

/** Bytes of the simple types by their number. */
const widths: Record<number, number> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };

function readValue(cursor: Cursor, type: number): Value | undefined {
  if (type === 8) return cursor.text();
  if (type === 9) return skipList(cursor);
  const width = widths[type];
  if (width === undefined) throw new RangeError(`no such type: ${type}`);
  const at = cursor.skip(width);
  if (type === 4) return cursor.file.readUInt32LE(at);
  if (type === 5) return cursor.file.readInt32LE(at);
  return type === 10 ? cursor.file.readBigUInt64LE(at) : undefined;
}

function skipList(cursor: Cursor): undefined {
  const type = cursor.int();
  const count = cursor.long();
  for (let index = 0n; index < count; index++) readValue(cursor, type);
  return undefined;
}

function textOf(value: Value | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function printCount(parameters: number): string {
  return parameters >= 1e9 ? `${(parameters / 1e9).toFixed(1)}B` : `${(parameters / 1e6).toFixed(2)}M`;
}
