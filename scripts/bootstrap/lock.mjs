// One set-up at a time. The lock is a folder that comes into being complete, with its owner inside, by one rename; nobody
// can see it half made. Its owner touches it while at work, so a lock left by a killed process, or by a machine that was
// switched off, is recognised and taken over.
import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const touchEvery = 2_000;
const pollEvery = 150;

/** A lock not touched for so long (milliseconds) has no owner any more, whatever its process id says. */
export const staleAfter = 30_000;

/**
 * Runs `work` while holding the lock, waiting for another owner to finish first.
 * @template T
 * @param {{ folder: string, onWait: (ownerPid: number) => void, work: () => Promise<T> }} request
 *   `folder` is the lock itself; its parent folder must exist
 * @returns {Promise<T>}
 */
export async function withLock({ folder, onWait, work }) {
  await acquire(folder, onWait);
  const touching = setInterval(() => touch(folder), touchEvery);
  const releaseOwn = () => release(folder);
  process.once("exit", releaseOwn);
  try {
    return await work();
  } finally {
    clearInterval(touching);
    process.off("exit", releaseOwn);
    releaseOwn();
  }
}

/**
 * @param {string} folder
 * @param {(ownerPid: number) => void} onWait
 */
async function acquire(folder, onWait) {
  let announced = false;
  while (!tryAcquire(folder)) {
    if (isStale(folder)) {
      removeStale(folder);
      continue;
    }
    const owner = readOwner(folder);
    if (owner !== undefined && !announced) onWait(owner.pid);
    announced ||= owner !== undefined;
    await sleep(pollEvery);
  }
}

/**
 * @param {string} folder
 * @returns {boolean} whether the lock is ours now
 */
function tryAcquire(folder) {
  const prepared = `${folder}.${process.pid}`;
  rmSync(prepared, { recursive: true, force: true });
  mkdirSync(prepared);
  writeFileSync(join(prepared, "owner.json"), JSON.stringify({ pid: process.pid, host: hostname() }));
  try {
    renameSync(prepared, folder);
    return true;
  } catch (error) {
    rmSync(prepared, { recursive: true, force: true });
    if (isTaken(error)) return false;
    throw error;
  }
}

/**
 * Takes a dead owner's lock away. A second lock around it keeps two waiters from each removing "the stale one" when the
 * first of them has already made a fresh one.
 * @param {string} folder
 */
function removeStale(folder) {
  const guard = `${folder}.takeover`;
  try {
    mkdirSync(guard);
  } catch (error) {
    if (!isTaken(error)) throw error;
    if (ageOf(guard) > staleAfter) rmSync(guard, { recursive: true, force: true });
    return;
  }
  try {
    if (isStale(folder)) rmSync(folder, { recursive: true, force: true });
  } finally {
    rmdirSync(guard);
  }
}

/** @param {string} folder */
function isStale(folder) {
  const owner = readOwner(folder);
  if (owner === undefined) return false;
  const ownerIsGone = owner.host === hostname() && !isRunning(owner.pid);
  return ownerIsGone || ageOf(join(folder, "owner.json")) > staleAfter;
}

/**
 * @param {string} folder
 * @returns {{ pid: number, host: string } | undefined} undefined when the lock has just been released
 */
function readOwner(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, "owner.json"), "utf8"));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** @param {string} folder */
function touch(folder) {
  if (!isOurs(folder)) return;
  const now = new Date();
  utimesSync(join(folder, "owner.json"), now, now);
}

/** @param {string} folder */
function release(folder) {
  if (isOurs(folder)) rmSync(folder, { recursive: true, force: true });
}

/**
 * False for an owner that slept (a closed laptop) until somebody else took the lock over.
 * @param {string} folder
 */
function isOurs(folder) {
  const owner = readOwner(folder);
  return owner?.pid === process.pid && owner.host === hostname();
}

/**
 * @param {string} path
 * @returns {number} milliseconds since the last touch; 0 when it is gone
 */
function ageOf(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? 0 : Date.now() - stats.mtimeMs;
}

/**
 * What a rename or mkdir onto an existing folder answers; Windows says the same as for a missing permission.
 * @param {unknown} error
 */
const isTaken = (error) =>
  ["EEXIST", "ENOTEMPTY"].includes(codeOf(error)) ||
  (process.platform === "win32" && ["EPERM", "EACCES"].includes(codeOf(error)));

/** @param {unknown} error */
const isMissing = (error) => codeOf(error) === "ENOENT";

/**
 * @param {unknown} error
 * @returns {string}
 */
const codeOf = (error) => /** @type {NodeJS.ErrnoException} */ (error)?.code ?? "";
