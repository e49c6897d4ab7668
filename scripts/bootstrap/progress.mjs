const stillWorkingAfter = 15_000;

/**
 * Shows that a step of the set-up is under way and how long it took. Everything goes to standard error, so that the output
 * of the command that follows stays clean; colours only on a terminal.
 * @template T
 * @param {string} title what is being done, as a clause: `Installing the dependencies`
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function showProgress(title, work) {
  const startedAt = Date.now();
  const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  say(`${title} …`);
  const reminder = setInterval(() => say(dim(`  still working (${seconds()})`)), stillWorkingAfter);
  try {
    const result = await work();
    say(dim(`  done in ${seconds()}`));
    return result;
  } finally {
    clearInterval(reminder);
  }
}

/** @param {string} line one line for the person at the keyboard */
export function say(line) {
  process.stderr.write(`herd: ${line}\n`);
}

/** @param {string} text */
function dim(text) {
  const mayColour = process.stderr.isTTY && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";
  return mayColour ? `\u001b[2m${text}\u001b[22m` : text;
}
