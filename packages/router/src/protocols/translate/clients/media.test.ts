import { describe, expect, it } from "vitest";
import { base64Problem, readImageUrl, readNativeMedia } from "./media.ts";

describe("base64", () => {
  it.each([
    ["", undefined],
    ["aQ==", undefined],
    ["aQ\r\n==", undefined],
    ["aGk=", undefined],
    ["aGkh", undefined],
    ["a", 0],
    ["aGkha", 4],
    ["aQ", 0],
    ["*", 0],
    ["aG*=", 2],
    ["aQ=", 3],
    ["aQ=x", 2],
    ["aQ==c", 4],
    ["aGk=c", 4],
    ["a===", 1],
    ["=", 0],
    ["é", 0],
  ])("%j is wrong at %s", (text, at) => {
    expect(base64Problem(text)).toBe(at === undefined ? undefined : `illegal base64 data at input byte ${at}`);
  });
});

describe("pictures", () => {
  it.each([
    ["data:image/png;base64,aGkh", "image/png"],
    ["data:image/jpg;base64,aGkh", "image/jpeg"],
    ["data:;base64,iVBORw0KGgoA", "image/png"],
    ["data:;base64,/9j/AAAA", "image/jpeg"],
    ["data:;base64,aGkh", "image/*"],
  ])("from %s are of the type %s", (url, mediaType) => {
    expect(readImageUrl(url)).toMatchObject({ part: { kind: "image", mediaType } });
  });

  it.each(["nope", "data:image/gif;base64,aGkh", "data:image/png;base64,*", "data:image/png,aGkh"])(
    "from %s are refused",
    (url) => {
      expect(readImageUrl(url)).toEqual({ refusal: "invalid image input" });
    },
  );

  it("from the web are refused in Ollama's words", () => {
    const refusal = "image URLs are not currently supported, please use base64 encoded data instead";
    expect(readImageUrl("https://example.org/a.png")).toEqual({ refusal });
  });
});

describe("what stands in a native list of images", () => {
  const base64 = (text: string): string => Buffer.from(text, "latin1").toString("base64");

  it.each([
    ["RIFF\0\0\0\0WAVEfmt ", { kind: "audio", format: "wav" }],
    ["RIFF\0\0\0\0WEBPVP8 ", { kind: "image", mediaType: "image/webp" }],
    ["ID3\u0004\0\0", { kind: "audio", format: "mp3" }],
    ["GIF89a", { kind: "image", mediaType: "image/gif" }],
    ["RIFF", { kind: "image", mediaType: "image/*" }],
  ])("is known by its first bytes: %j", (bytes, part) => {
    expect(readNativeMedia(base64(bytes))).toMatchObject({ part });
  });

  it("is told without line breaks", () => {
    expect(readNativeMedia("aG\nkh\r\n")).toMatchObject({ part: { base64: "aGkh" } });
  });
});
