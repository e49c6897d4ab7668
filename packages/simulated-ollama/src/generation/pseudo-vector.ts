import { fingerprint, seededRandom } from "./random.ts";

/** A vector of length 1 that is the same for the same text; two texts have nothing in common but by chance. */
export function pseudoVector(text: string, dimensions: number): Float32Array {
  const random = seededRandom(fingerprint(text));
  return normalize(Float32Array.from({ length: dimensions }, () => random() - 0.5));
}

/** The first `dimensions` values, stretched to length 1 again; all of them when there are not more or none are wanted. */
export function cutVector(vector: Float32Array, dimensions: number): Float32Array {
  return dimensions > 0 && dimensions < vector.length ? normalize(vector.slice(0, dimensions)) : vector;
}

function normalize(vector: Float32Array): Float32Array {
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / Math.max(norm, 1e-12));
}
