/**
 * Words with which servers tell what went wrong. They say nothing about who asked what, so they stay, whatever the request
 * holds.
 */
const TELLING = new Set(
  `abort aborted accept access alive allocate allocated allocation allowed already answer answered api architecture argument array assert
  assertion attempt audio available bad batch because before body boolean breaker broke broken buffer busy bytes cache call cannot
  capacity chat chunk client close closed closing code command completion compute config connect connection container content
  context corrupt could crash cuda cudamalloc data decode decoding deadline delete denied device digest disconnected disk does
  driver each embed embedding embeddings empty enabled encode encoding end ended endpoint enough error errors event exceed exceeded
  exceeds exception exhausted exist exists exit exited expected failed failure fault field file files first fits flash format found
  free from full function generate generated generation gguf given ggml gone good gpu gpus graph greater handle have header health
  here host http image images incompatible inference inside input insufficient int integer internal into invalid its json keep key
  killed kind large layer layers length less level limit line list llama llm load loaded loading long longer machine manifest many
  max maximum memory message messages metal method minimum missing mmap model models more must name need network node nodes none not
  null number object offset ollama once open options other out output overloaded panic param parameter parse parser path permission
  pipe please port predict process prompt property pull queue quantization range rate reached read reason record refused reject
  rejected relay reply request requested requests required reset resource response retry role rope running runner runners runtime
  schema segmentation send sent server service shape shut shutdown signal silent size slot slots socket space starting startup state status
  stop stopped stopping stream string structured such supported syntax system temperature template tensor terminated than that the
  there thinking this timed timeout token tokenizer tokens tool tools total traceback truncated type unable unavailable unexpected
  unexpectedly unknown unload unloaded unmarshal unsupported until user usage valid value values version vision vram wait waiting
  waited was while with within without write wrong your`.split(/\s+/),
);

/** A run of letters and digits; a long one may hold what base64 or a hash is written with, too. */
const RUN = /[\p{L}\p{N}+/=_-]{25,}|[\p{L}\p{N}]+/gu;
const OPAQUE = 25;

/**
 * A server's message without the words that the request holds as well, in whatever case and order, and without long runs
 * of signs, behind which anything may stand: each is replaced by `…`. What a server has split up, cut or put into capitals
 * is a quotation all the same.
 * @param asked what people asked, in small letters; undefined where it is too large to be looked through: then only words stay
 *   that servers use
 * @param kept names that are no secret, such as the model's
 */
export function withoutWordsOf(message: string, asked: string | undefined, kept: readonly string[] = []): string {
  const names = kept.map((name) => name.toLowerCase());
  const isSafe = (run: string): boolean => {
    const word = run.toLowerCase();
    if (TELLING.has(word) || names.some((name) => name.includes(word))) return true;
    if (word.length >= OPAQUE) return false;
    return asked === undefined ? /^\d{1,3}$/.test(word) : word.length < shortest(word) || !asked.includes(word);
  };
  return message.replace(RUN, (run) => (isSafe(run) ? run : "…")).replace(/…(?:[\s|,]*…)+/g, "…");
}

/** Shorter ones are in any text: two signs of a script without blanks between words, three with a digit, else four. */
function shortest(word: string): number {
  if (/[^\p{ASCII}]/u.test(word)) return 2;
  return /\d/.test(word) ? 3 : 4;
}
