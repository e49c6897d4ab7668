import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from "node:crypto";
import { chmodSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "../log-file/make-folder.ts";

/** A long-lived X25519 key pair. `publicKey` is the base64url form of the 32 raw bytes. */
export interface Identity {
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

/** The secret that two ends share, 32 bytes. As a key of the library, which each signature would otherwise be made anew from the bytes. */
export type LinkSecret = KeyObject;

/** Makes a new key pair. */
export function createIdentity(): Identity {
  const { privateKey } = generateKeyPairSync("x25519");
  return identityOf(privateKey);
}

/**
 * Reads the key pair from a PEM file, or makes one and stores it with mode 0600.
 * @throws the file system's error when the folder cannot be written; a crypto error when the file is no X25519 key.
 */
export function loadOrCreateIdentity(path: string): Identity {
  if (existsSync(path)) return readIdentity(path);
  const identity = createIdentity();
  makeFolder(dirname(path), 0o700);
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, identity.privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, path);
  return identity;
}

/**
 * The secret of this pair of keys: X25519, then HKDF-SHA-256 salted with both public keys in sorted order, so that both
 * ends get the same 32 bytes and a restart changes nothing.
 * @throws a crypto error when `peerPublicKey` is no X25519 key.
 */
export function deriveLinkSecret(own: Identity, peerPublicKey: string): LinkSecret {
  const peer = createPublicKey({ key: { kty: "OKP", crv: "X25519", x: peerPublicKey }, format: "jwk" });
  const agreed = diffieHellman({ privateKey: own.privateKey, publicKey: peer });
  const salt = [own.publicKey, peerPublicKey].sort().join("\n");
  return createSecretKey(new Uint8Array(hkdfSync("sha256", agreed, salt, "herd link v1", 32)));
}

/**
 * A short name for the fleet of the router with this public key: the first 16 hexadecimal digits of the key's SHA-256. It tells fleets
 * apart where they are listed; that a router has the key is shown by the link itself.
 */
export const fleetIdOf = (routerPublicKey: string): string =>
  createHash("sha256").update(routerPublicKey).digest("hex").slice(0, 16);

/** Whether a text has the form of a public key as `Identity.publicKey` gives it. */
export const isPublicKey = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text);

function readIdentity(path: string): Identity {
  const identity = identityOf(createPrivateKey(readFileSync(path, "utf8")));
  // A copied or restored file may have become readable for others.
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  return identity;
}

function identityOf(privateKey: KeyObject): Identity {
  const { x } = createPublicKey(privateKey).export({ format: "jwk" });
  if (privateKey.asymmetricKeyType !== "x25519" || x === undefined)
    throw new TypeError("the stored key is no X25519 key");
  return { publicKey: x, privateKey };
}
