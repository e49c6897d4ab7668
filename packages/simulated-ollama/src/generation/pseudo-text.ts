import { seededRandom } from "./random.ts";

/**
 * Words of the pseudo text. Some hold several bytes per character and some hold what JSON text must escape, so that
 * whoever cuts bytes at the wrong place or writes JSON anew is found out.
 */
const words = (
  "the sea is wide and a small boat goes out at dawn while wind turns over grey water far from any town there people mend nets " +
  'sing tell what they saw under stars old lamps burn low café naïve über 東京 日本語 звезда → 🌊 <b>salt</b> R&D "tide" it\'s'
).split(" ");

/** An endless text of tokens, the same for the same seed. The first token has no space before it. */
export function* pseudoText(seed: number): Generator<string, never> {
  const random = seededRandom(seed);
  let isFirst = true;
  let untilStop = sentenceLength(random);
  for (;;) {
    if (untilStop === 0) {
      yield ".";
      untilStop = sentenceLength(random);
      continue;
    }
    const word = words[Math.floor(random() * words.length)] ?? "sea";
    yield isFirst ? word : ` ${word}`;
    isFirst = false;
    untilStop--;
  }
}

function sentenceLength(random: () => number): number {
  return 5 + Math.floor(random() * 10);
}
