import { constants, createZstdCompress, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HerdError } from "../../domain/errors.ts";
import { createZstdUnpacker } from "./zstd-unpacker.ts";

const decodeZstd = createZstdUnpacker();
const free = (): void => undefined;
const textOf = async (packed: Uint8Array): Promise<string> => Buffer.from(await decodeZstd(packed, free)).toString();
const whyNot = async (packed: Uint8Array): Promise<string> =>
  decodeZstd(packed, free).then(
    () => "nothing",
    (error: unknown) => (error instanceof HerdError ? error.message : "something else"),
  );
const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

describe("a packed body", () => {
  test("is what was packed, in one frame or in several, and between frames for others", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ maxLength: 300 }), { maxLength: 4 }),
        fc.boolean(),
        async (texts, isMixed) => {
          const frames = texts.flatMap((text) => [...(isMixed ? [skippable] : []), zstdCompressSync(text)]);
          expect(await textOf(Buffer.concat(frames))).toBe(texts.join(""));
        },
      ),
    );
  });

  test("may have a frame without a told length", async () => {
    const packer = createZstdCompress();
    packer.end("hello ".repeat(50));
    const parts: Buffer[] = [];
    for await (const part of packer) parts.push(part as Buffer);
    expect(await textOf(Buffer.concat(parts))).toBe("hello ".repeat(50));
  });

  test("of 20 MiB is taken, and one byte more is not", async () => {
    expect((await decodeZstd(zstdCompressSync(Buffer.alloc(20 << 20)), free)).length).toBe(20 << 20);
    expect(await whyNot(zstdCompressSync(Buffer.alloc((20 << 20) + 1)))).toBe("http: request body too large");
  });

  test("that says itself that it is too large is not unpacked at all", async () => {
    const sizes: number[] = [];
    const unpacking = decodeZstd(zstdCompressSync(Buffer.alloc(200 << 20)), (size) => sizes.push(size));
    await expect(unpacking).rejects.toThrow("too large");
    expect(sizes).toEqual([]);
  });

  test("waits while two others are unpacked, so that many small ones cannot fill the memory at once", async () => {
    const packer = createZstdCompress();
    packer.end(Buffer.alloc(19 << 20));
    const parts: Buffer[] = [];
    for await (const part of packer) parts.push(part as Buffer);
    let held = 0;
    let most = 0;
    const unpack = async (): Promise<void> => {
      let own = 0;
      await decodeZstd(Buffer.concat(parts), (size) => {
        held += size - own;
        own = size;
        most = Math.max(most, held);
      });
      held -= own;
    };
    await Promise.all(Array.from({ length: 8 }, unpack));
    expect(most).toBeLessThanOrEqual(2 * (19 << 20));
    expect(await textOf(zstdCompressSync("still works"))).toBe("still works");
  });

  test("that would unpack to 4 GiB is given up at the bound", async () => {
    const frame = zstdCompressSync(Buffer.alloc(64 << 20));
    const sizes: number[] = [];
    const unpacking = decodeZstd(Buffer.concat(Array.from({ length: 64 }, () => frame)), (size) => sizes.push(size));
    await expect(unpacking).rejects.toThrow("too large");
    expect(Math.max(...sizes)).toBeLessThanOrEqual(20 << 20);
  });

  // The sentences of a real Ollama 0.24, but for the frames.
  test.each([
    ["garbage", Buffer.from("garbage here"), "invalid input: magic number mismatch"],
    ["cut short", zstdCompressSync("hello ".repeat(50)).subarray(0, 15), "unexpected EOF"],
    [
      "followed by junk",
      Buffer.concat([zstdCompressSync("a"), Buffer.from("junk!")]),
      "invalid input: magic number mismatch",
    ],
    ["a skippable frame that is cut short", skippable.subarray(0, 9), "unexpected EOF"],
    [
      "of a window above 8 MiB",
      zstdCompressSync(Buffer.alloc(9 << 20, "ab"), {
        params: { [constants.ZSTD_c_windowLog]: 24, [constants.ZSTD_c_contentSizeFlag]: 0 },
      }),
      "window size exceeded",
    ],
    [
      "of countless frames",
      Buffer.concat(Array.from({ length: 2000 }, () => zstdCompressSync(""))),
      "invalid input: too many frames",
    ],
  ])("that is %s is refused", async (_what, packed, why) => {
    expect(await whyNot(packed)).toBe(why);
  });

  test("of any bytes is unpacked or refused, never anything else", async () => {
    const spoilt = fc
      .tuple(fc.string({ minLength: 20, maxLength: 200 }), fc.nat(), fc.nat(255))
      .map(([text, at, byte]) => {
        const packed = zstdCompressSync(text);
        packed[at % packed.length] = byte;
        return packed;
      });
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 100 }), spoilt), async (packed) => {
        expect(await whyNot(packed)).not.toBe("something else");
      }),
    );
  });

  test("is reserved before it is kept, and a refusal ends it", async () => {
    const refuse = (): never => {
      throw new HerdError("HERD_TOO_MUCH_HELD", "1");
    };
    await expect(decodeZstd(zstdCompressSync("abc"), refuse)).rejects.toMatchObject({ code: "HERD_TOO_MUCH_HELD" });
  });
});
