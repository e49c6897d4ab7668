import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createIdentity, deriveLinkSecret, isPublicKey, loadOrCreateIdentity } from "./identity.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "herd-identity-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe("a key in a file", () => {
  test("is made once, readable by its owner alone, and the same ever after", () => {
    const path = join(folder, "inner", "key.pem");
    const first = loadOrCreateIdentity(path);
    expect(loadOrCreateIdentity(path).publicKey).toBe(first.publicKey);
    expect([modeOf(path), modeOf(join(folder, "inner"))]).toEqual([0o600, 0o700]);
    expect(readdirSync(join(folder, "inner"))).toEqual(["key.pem"]);
    expect(isPublicKey(first.publicKey)).toBe(true);
  });

  test("is made readable by its owner alone when it was not", () => {
    const path = join(folder, "key.pem");
    const { publicKey } = loadOrCreateIdentity(path);
    chmodSync(path, 0o644);
    expect(loadOrCreateIdentity(path).publicKey).toBe(publicKey);
    expect(modeOf(path)).toBe(0o600);
  });

  test("that is damaged or of another kind is not replaced in silence", () => {
    const path = join(folder, "key.pem");
    const other = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });
    for (const content of ["", "no key", other]) {
      writeFileSync(path, content);
      expect(() => loadOrCreateIdentity(path)).toThrow();
      expect(readFileSync(path, "utf8")).toBe(content);
    }
  });

  test("cannot be made where nothing can be written", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => loadOrCreateIdentity(join(folder, "file", "key.pem"))).toThrow();
  });
});

describe("the secret of two keys", () => {
  test("is the same on both ends, 32 bytes, and of no other pair", () => {
    const [router, agent, other] = [createIdentity(), createIdentity(), createIdentity()];
    const secret = deriveLinkSecret(router, agent.publicKey);
    expect(secret.export()).toHaveLength(32);
    expect(deriveLinkSecret(agent, router.publicKey).equals(secret)).toBe(true);
    expect(deriveLinkSecret(other, agent.publicKey).equals(secret)).toBe(false);
    expect(deriveLinkSecret(router, other.publicKey).equals(secret)).toBe(false);
  });

  test("survives a restart of either end", () => {
    const path = join(folder, "key.pem");
    const agent = createIdentity();
    const before = deriveLinkSecret(loadOrCreateIdentity(path), agent.publicKey);
    expect(deriveLinkSecret(loadOrCreateIdentity(path), agent.publicKey).equals(before)).toBe(true);
  });

  test("is never the agreement itself, which an all-zero key would make known to all", () => {
    expect(() => deriveLinkSecret(createIdentity(), Buffer.alloc(32).toString("base64url"))).toThrow();
  });

  test.each(["", "short", "A".repeat(44), "not base64url!!".padEnd(43, "!")])("cannot be made with '%s'", (key) => {
    expect(() => deriveLinkSecret(createIdentity(), key)).toThrow();
  });
});

test("the form of a public key is told from other texts", () => {
  expect(["", "A".repeat(42), "A".repeat(44), `${"A".repeat(42)}=`, `${"A".repeat(42)}+`].map(isPublicKey)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(isPublicKey(createIdentity().publicKey)).toBe(true);
});
