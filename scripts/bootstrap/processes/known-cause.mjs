/**
 * What stands behind the most frequent failures of npm and pnpm, by what they print.
 * @type {ReadonlyArray<readonly [RegExp, string]>}
 */
const causes = [
  [/ENOSPC|no space left/i, "The disk is full."],
  [/EACCES|EROFS|permission denied|read-only file system/i, "A folder cannot be written: check who owns the checkout."],
  [/EINTEGRITY|checksum mismatch/i, "What the registry sent is not what was published: try another mirror."],
  [/E404|NO_MATCHING_VERSION|No match found/i, "The registry does not have this version: try another mirror."],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|ENETUNREACH|dns error|error sending request|Connect error/i,
    "The npm registry cannot be reached: check the network, or name a proxy or a mirror with `npm config set`.",
  ],
];

/**
 * @param {string} output of the tool that failed
 * @returns {string} one more sentence, with a space before it; empty when nothing is recognised
 */
export function knownCause(output) {
  const known = causes.find(([pattern]) => pattern.test(output));
  return known === undefined ? "" : ` ${known[1]}`;
}
