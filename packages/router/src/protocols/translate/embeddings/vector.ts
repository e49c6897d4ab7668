/** A vector as it stands in a backend's answer: the bytes of a JSON array of numbers, or of a base64 text. */
export interface Vector {
  readonly kind: "numbers" | "base64";
  /** A whole JSON value. */
  readonly json: Uint8Array;
}

/** What a client wants of a vector beyond its numbers. */
export interface VectorShape {
  readonly encoding: "float" | "base64";
  /** Numbers to keep; undefined = all. */
  readonly dimensions: number | undefined;
  /** Whether the vector must have the length 1. */
  readonly isUnit: boolean;
}

const BYTES_PER_FLOAT = 4;
/** How far the length of a vector may be from 1 and still be a rounded 1. */
const UNIT_TOLERANCE = 1e-3;
/** Digits that tell every float of four bytes. */
const FLOAT_DIGITS = 9;
const FEWEST_DIGITS = 6;

const decoder = new TextDecoder();

/**
 * A vector as JSON in the wanted shape: the backend's own bytes where they have it already, and numbers that were
 * computed as floats of four bytes, as Ollama does. undefined when it cannot be read.
 */
export const shapedVector = (vector: Vector, shape: VectorShape): Uint8Array | undefined => {
  if (isAsWanted(vector, shape)) return vector.json;
  const floats = floatsOf(vector);
  if (floats === undefined) return undefined;
  const wanted = shaped(floats, shape);
  if (shape.encoding === "base64") return Buffer.from(`"${base64Of(wanted)}"`);
  return wanted === floats && vector.kind === "numbers" ? vector.json : Buffer.from(`[${textsOf(wanted).join(",")}]`);
};

const isAsWanted = ({ kind }: Vector, { encoding, dimensions, isUnit }: VectorShape): boolean =>
  dimensions === undefined && !isUnit && (kind === "base64") === (encoding === "base64");

/** The same floats when nothing has to change. */
const shaped = (floats: Float32Array, { dimensions, isUnit }: VectorShape): Float32Array => {
  const isCut = dimensions !== undefined && dimensions < floats.length;
  const kept = isCut ? floats.subarray(0, dimensions) : floats;
  return isCut || isUnit ? normalized(kept) : kept;
};

/** Every step in floats of four bytes, as Ollama's newer routes do it. */
const normalized = (floats: Float32Array): Float32Array => {
  let squares = 0;
  for (const float of floats) squares = Math.fround(squares + Math.fround(float * float));
  const length = Math.sqrt(squares);
  if (length === 0 || !Number.isFinite(length) || Math.abs(length - 1) < UNIT_TOLERANCE) return floats;
  const factor = Math.fround(1 / length);
  return floats.map((float) => float * factor);
};

const floatsOf = ({ kind, json }: Vector): Float32Array | undefined => {
  const value: unknown = JSON.parse(decoder.decode(json));
  if (kind === "base64") return typeof value === "string" ? decodedFloats(value) : undefined;
  if (!Array.isArray(value) || !value.every((number) => typeof number === "number")) return undefined;
  return Float32Array.from(value);
};

/** Floats of four bytes, the lowest byte first. */
const decodedFloats = (base64: string): Float32Array | undefined => {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length === 0 || bytes.length % BYTES_PER_FLOAT !== 0) return undefined;
  const floats = new Float32Array(bytes.length / BYTES_PER_FLOAT);
  for (let index = 0; index < floats.length; index += 1) floats[index] = bytes.readFloatLE(index * BYTES_PER_FLOAT);
  return floats;
};

const base64Of = (floats: Float32Array): string => {
  const bytes = Buffer.alloc(floats.length * BYTES_PER_FLOAT);
  for (const [index, float] of floats.entries()) bytes.writeFloatLE(float, index * BYTES_PER_FLOAT);
  return bytes.toString("base64");
};

const textsOf = (floats: Float32Array): readonly string[] => Array.from(floats, shortest);

/** The fewest digits that tell the float; JSON has no word for what is no number. */
const shortest = (float: number): string => {
  if (!Number.isFinite(float)) return "null";
  for (let digits = FEWEST_DIGITS; digits < FLOAT_DIGITS; digits += 1) {
    const number = Number(float.toPrecision(digits));
    if (Math.fround(number) === float) return String(number);
  }
  return String(Number(float.toPrecision(FLOAT_DIGITS)));
};
