/** What is still to be done when this process ends before its time: Ctrl-C, or an error that nobody caught. */
const actions = new Set<() => void>();

process.once("exit", () => {
  for (const action of actions) {
    try {
      action();
    } catch (error) {
      // The others are done all the same.
      console.error(`bench: ${String(error)}`);
    }
  }
});

/** Does something when this process ends, at once and without waiting. Returns how to do without it. */
export function atExit(action: () => void): () => void {
  actions.add(action);
  return () => void actions.delete(action);
}
