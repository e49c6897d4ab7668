/** Pictures and sounds inside of requests, in Ollama's own words where one is refused. */
import type { NeutralPart } from "../neutral.ts";

/** The parts, or the sentence with which Ollama refuses. */
export type MediaResult = { readonly part: NeutralPart } | { readonly refusal: string };

/** A picture from an `image_url`: base64 in a data URI of one of the kinds that Ollama takes. */
export const readImageUrl = (url: string): MediaResult => {
  if (/^https?:\/\//.test(url)) {
    return { refusal: "image URLs are not currently supported, please use base64 encoded data instead" };
  }
  const head = /^data:(?:(image\/(?:jpeg|jpg|png|webp)))?;base64,/.exec(url);
  const base64 = head === null ? undefined : url.slice(head[0].length);
  if (base64 === undefined || base64Problem(base64) !== undefined) return { refusal: "invalid image input" };
  return { part: { kind: "image", mediaType: mediaTypeOf(head?.[1], base64), base64: plainBase64(base64) } };
};

/** What stands in a native `images` list: a picture, or a sound, known by its first bytes. */
export const readNativeMedia = (base64: string): MediaResult => {
  const problem = base64Problem(base64);
  if (problem !== undefined) return { refusal: problem };
  const format = audioFormat(base64);
  const plain = plainBase64(base64);
  if (format !== undefined) return { part: { kind: "audio", format, base64: plain } };
  return { part: { kind: "image", mediaType: mediaTypeOf(undefined, base64), base64: plain } };
};

/** Go's error for a text that is no base64, undefined for one that is; line breaks count for nothing. */
export const base64Problem = (base64: string): string | undefined => {
  const plain = plainBase64(base64);
  const stop = plain.search(/[^A-Za-z0-9+/]/);
  const offset = stop === -1 ? unpaddedFault(plain.length) : paddingFault(stop, plain.slice(stop, stop + 3));
  return offset === undefined ? undefined : `illegal base64 data at input byte ${offset}`;
};

/** The base64 text without line breaks, which not every server takes. */
export const plainBase64 = (base64: string): string =>
  /[\r\n]/.test(base64) ? base64.replace(/[\r\n]+/g, "") : base64;

/** Where a text of nothing but digits is wrong: at the start of its last group, when that is no whole one. */
const unpaddedFault = (digits: number): number | undefined => (digits % 4 === 0 ? undefined : digits - (digits % 4));

/** Where the first three characters behind the digits are wrong. */
const paddingFault = (digits: number, rest: string): number | undefined => {
  const wanted = 4 - (digits % 4);
  if (!rest.startsWith("=") || wanted === 4 || wanted === 3) return digits;
  if (wanted === 1) return rest.length === 1 ? undefined : digits + 1;
  if (rest.length === 1) return digits + 1;
  if (rest[1] !== "=") return digits;
  return rest.length === 2 ? undefined : digits + 2;
};

/** First bytes of pictures, as base64 shows them. */
const imageHeads: readonly (readonly [head: string, mediaType: string])[] = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["Qk", "image/bmp"],
];

const mediaTypeOf = (told: string | undefined, base64: string): string => {
  if (told !== undefined) return told === "image/jpg" ? "image/jpeg" : told;
  if (riffKind(base64) === "WEBP") return "image/webp";
  return imageHeads.find(([head]) => base64.startsWith(head))?.[1] ?? "image/*";
};

const audioHeads: readonly (readonly [head: string, format: string])[] = [
  ["SUQz", "mp3"],
  ["//s", "mp3"],
  ["ZkxhQ", "flac"],
  ["T2dnU", "ogg"],
];

const audioFormat = (base64: string): string | undefined => {
  if (riffKind(base64) === "WAVE") return "wav";
  return audioHeads.find(([head]) => base64.startsWith(head))?.[1];
};

/** What a RIFF file says it holds: bytes 8 to 11, which are in the base64 digits 8 to 15. */
const riffKind = (base64: string): string | undefined => {
  if (!base64.startsWith("UklGR")) return undefined;
  return atob(base64.slice(0, 16)).slice(8, 12);
};
