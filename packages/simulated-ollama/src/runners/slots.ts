/** The right to write one answer, and what is remembered of earlier prompts in that place. */
export interface Slot {
  /** Characters of the new prompt that the slot has already read. */
  readonly rememberedCharacters: number;
  /** Gives the slot back; it now remembers `text`, or what it did before when the text is left out. */
  release(text?: string): void;
}

/** The places of one runner: OLLAMA_NUM_PARALLEL of them, waiting first come first served without a bound. */
export interface Slots {
  take(prompt: string, signal: AbortSignal): Promise<Slot>;
  /** Slots in use. */
  active(): number;
}

/** Creates `count` free slots that remember nothing. */
export function createSlots(count: number): Slots {
  const free = Array.from({ length: count }, () => ({ text: "" }));
  const waiting: (() => void)[] = [];
  const grant = (prompt: string): Slot => {
    const place = takeBest(free, prompt);
    let isHeld = true;
    return {
      rememberedCharacters: sharedPrefix(place.text, prompt),
      release(text) {
        if (!isHeld) return;
        isHeld = false;
        if (text !== undefined) place.text = text;
        free.push(place);
        waiting.shift()?.();
      },
    };
  };
  return {
    active: () => count - free.length,
    take(prompt, signal) {
      signal.throwIfAborted();
      if (free.length > 0 && waiting.length === 0) return Promise.resolve(grant(prompt));
      return new Promise((resolve, reject) => {
        const leave = () => {
          waiting.splice(waiting.indexOf(enter), 1);
          reject(signal.reason);
        };
        const enter = () => {
          signal.removeEventListener("abort", leave);
          resolve(grant(prompt));
        };
        waiting.push(enter);
        signal.addEventListener("abort", leave, { once: true });
      });
    },
  };
}

interface Place {
  text: string;
}

/** The free place that remembers most of the prompt. */
function takeBest(free: Place[], prompt: string): Place {
  let best = 0;
  let longest = -1;
  for (const [index, place] of free.entries()) {
    const length = sharedPrefix(place.text, prompt);
    if (length <= longest) continue;
    longest = length;
    best = index;
  }
  const [place] = free.splice(best, 1);
  if (place === undefined) throw new Error("a slot was granted while none was free");
  return place;
}

function sharedPrefix(one: string, other: string): number {
  const end = Math.min(one.length, other.length);
  let length = 0;
  while (length < end && one.charCodeAt(length) === other.charCodeAt(length)) length++;
  return length;
}
