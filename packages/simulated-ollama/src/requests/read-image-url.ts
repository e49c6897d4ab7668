import { checkGoBase64 } from "../json/go-base64.ts";
import type { Decoded } from "../json/go-type.ts";

/** The base64 text inside the link of a picture; links to elsewhere are refused as Ollama refuses them. */
export function readImageUrl(url: string): Decoded<string> {
  if (/^https?:\/\//.test(url)) {
    return { ok: false, error: "image URLs are not currently supported, please use base64 encoded data instead" };
  }
  const base64 = /^data:(?:image\/(?:jpeg|jpg|png|webp))?;base64,(.*)$/s.exec(url)?.[1];
  if (base64 !== undefined && checkGoBase64(base64).ok) return { ok: true, value: base64 };
  return { ok: false, error: "invalid image input" };
}
