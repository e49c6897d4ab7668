/**
 * Every piece of a streamed body is a buffer of its own, and small to the collector, which counts little but what refers to
 * the bytes: left alone, it lets a hundred megabytes of them gather. Asked after so many bytes, a 2 GB upload takes 24 MB.
 */
const COLLECT_EVERY_BYTES = 8 * 2 ** 20;

/**
 * Counts the bytes that pass in all calls together, and gives back their memory from time to time.
 * @param collectPassed collects young garbage, where the program was started with the means
 */
export function createPassedBytes(collectPassed: () => void): (bytes: number) => void {
  let passed = 0;
  return (bytes) => {
    passed += bytes;
    if (passed < COLLECT_EVERY_BYTES) return;
    passed = 0;
    collectPassed();
  };
}
