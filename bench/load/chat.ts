/** The model that the measured requests ask for. */
export const MODEL = "llama3.1:8b";

const SYSTEM =
  "You are the assistant of a small workshop that repairs bicycles. Answer briefly, name the tools that are needed, and say when a job is better left to the workshop. Prices are in euros. Never guess a part number: ask for the year and the model instead.";

const TURNS = [
  ["user", "The chain of my city bike slips under load, mostly on the two smallest sprockets. It has about 6,000 km."],
  [
    "assistant",
    "That sounds like wear: a chain lasts 3,000 to 5,000 km, and the small sprockets go first. Measure it with a chain gauge: beyond 0.75 percent, chain and cassette are due together. You need a chain tool, a cassette lockring tool and a chain whip.",
  ],
  ["user", "The gauge drops in fully at 1.0. The bike is from 2019, eight speeds, with a derailleur."],
  [
    "assistant",
    "Then change both. An eight-speed cassette costs about 25 euros, a chain 15. If the new chain still slips on the middle chainring, that ring is worn, too.",
  ],
  ["user", "Can I do it on the balcony without a stand, and in which order do I go about it?"],
];

const turns = TURNS.map(([role, content]) => ({ role, content }));

/** A chat in the middle of a conversation, about 1.4 kB. @param more further members of the body */
export const chatBody = (more: object): string =>
  JSON.stringify({ model: MODEL, messages: [{ role: "system", content: SYSTEM }, ...turns], ...more });

/** The same as `/v1/messages` takes it. */
export const messagesBody = (more: object): string =>
  JSON.stringify({ model: MODEL, max_tokens: 100_000, system: SYSTEM, messages: turns, ...more });

/** A whole reply with the usage record of an answer of 96 tokens. */
export const CHAT_ANSWER = JSON.stringify({
  model: MODEL,
  created_at: "2026-01-01T00:00:00.000000000Z",
  message: {
    role: "assistant",
    content:
      "Yes. Turn the bike upside down on a blanket so that saddle and grips rest softly. First shift to the smallest sprocket and open the old chain, then take the rear wheel out. Hold the cassette with the whip, loosen the lockring, and clean the freehub body. Slide the new cassette on, tighten the lockring until it clicks, and put the wheel back. Cut the new chain to the length of the old one, lay it over chainring and sprocket, and close it. Last, check the shifting on every sprocket.",
  },
  done: true,
  done_reason: "stop",
  total_duration: 1_954_564_400,
  load_duration: 28_919_100,
  prompt_eval_count: 318,
  prompt_eval_duration: 212_402_293,
  eval_count: 96,
  eval_duration: 1_702_122_958,
});
