/** The three numbers of a version. */
export type VersionNumber = readonly [major: number, minor: number, patch: number];

/** The version that everything else is described as a difference from: the recorded one. */
export const recordedVersion: VersionNumber = [0, 24, 0];

/**
 * Reads `X.Y.Z` with or without a `v` before it and anything after it. A text that is none, and the `0.0.0` of builds
 * that do not know their version, count as the recorded version.
 */
export function parseVersion(text: string): VersionNumber {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text);
  const [major = 0, minor = 0, patch = 0] = (match ?? []).slice(1).map(Number);
  return major + minor + patch === 0 ? recordedVersion : [major, minor, patch];
}

/** Whether a version is `other` or later. */
export function isAtLeast(version: VersionNumber, other: VersionNumber): boolean {
  for (const [index, wanted] of other.entries()) {
    const part = version[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
