/** An end of the set-up that the person at the keyboard can do something about. */
export class SetupError extends Error {
  /**
   * @param {string} sentence what failed and what to do about it
   * @param {{ lastLines?: readonly string[] | undefined, cause?: unknown }} [details] the end of the failing tool's output
   */
  constructor(sentence, details = {}) {
    super(sentence, { cause: details.cause });
    this.name = "SetupError";
    /** @type {readonly string[]} */
    this.lastLines = details.lastLines ?? [];
  }
}

/**
 * An error as one that the person at the keyboard can do something about: a failed call to the file system is, a mistake in
 * these scripts is not.
 * @param {unknown} error
 * @returns {SetupError}
 * @throws whatever is a mistake, as it came
 */
export function asSetupError(error) {
  if (error instanceof SetupError) return error;
  const { syscall, code, path } = /** @type {NodeJS.ErrnoException} */ (error);
  if (syscall === undefined) throw error;
  const sentence = `${path ?? "A file"} cannot be used (${syscall}: ${code}): check who owns the checkout, and the room on the disk.`;
  return new SetupError(sentence, { cause: error });
}
