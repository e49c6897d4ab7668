import { harmlessText, jsonText, screenBegin, screenEnd, screenFrame } from "@herd/shared/terminal";
import { DONE } from "../frame/exit-codes.ts";
import { canDraw, type Page, pageOf, pause, type Shell, stoppedCode } from "../frame/shell.ts";
import { type Trouble, tellTrouble } from "./trouble.ts";

/** What was seen when the router was asked: as it said it, and as text. */
export interface Seen {
  readonly kind: "seen";
  /** For `--json`. */
  readonly content: unknown;
  readonly text: (page: Page) => string;
  /** Default: 0. */
  readonly exitCode?: number;
}

/** Asks the router once. */
export type Look = () => Promise<Seen | Trouble>;

/** How it is shown. */
export interface Showing {
  readonly isJson: boolean;
  /** Again and again, with this time between, s; undefined: once. */
  readonly everyS: number | undefined;
}

/** Shows what a look sees: once, or again and again in place. Resolves to the exit code. */
export async function show(shell: Shell, look: Look, { isJson, everyS }: Showing): Promise<number> {
  if (everyS !== undefined) {
    const isScreen = canDraw(shell) && !isJson;
    return isScreen ? showOnScreen(shell, look, everyS) : showRepeatedly(shell, look, { isJson, everyS });
  }
  const seen = await look();
  if (seen.kind === "none") return tellTrouble(shell, seen);
  shell.print(isJson ? `${jsonText(seen.content)}\n` : seen.text(pageOf(shell)));
  return seen.exitCode ?? DONE;
}

/** Where nothing can be drawn anew, one text follows the other; JSON is one line each. */
async function showRepeatedly(
  shell: Shell,
  look: Look,
  { isJson, everyS }: { readonly isJson: boolean; readonly everyS: number },
): Promise<number> {
  for (;;) {
    const seen = await look();
    if (shell.signal.aborted) return stoppedCode(shell);
    if (seen.kind === "none") tellTrouble(shell, seen);
    else shell.print(isJson ? `${jsonText(seen.content, 0)}\n` : `${seen.text(pageOf(shell))}\n`);
    if (await pause(shell, everyS * 1000)) return stoppedCode(shell);
  }
}

/** A picture in place until `q`, Escape or Ctrl-C; the terminal is as it was afterwards, however it ends. */
async function showOnScreen(shell: Shell, look: Look, everyS: number): Promise<number> {
  const wake = createWake();
  let last: Seen | Trouble | undefined;
  const draw = (): void => {
    if (last !== undefined)
      shell.print(screenFrame(screenText(last, pageOf(shell), everyS), shell.display().rows ?? 24));
  };
  const restore = (): void => shell.print(screenEnd);
  shell.print(screenBegin);
  process.once("exit", restore);
  const forgetSize = shell.onResize(draw);
  const forgetKeys = shell.keyboard?.listen((key) => wake.key(key));
  shell.signal.addEventListener("abort", wake.end, { once: true });
  try {
    while (!wake.hasEnded() && !shell.signal.aborted) {
      // A router that is silent keeps nobody here.
      const seen = await Promise.race([look(), wake.ended]);
      if (seen === undefined || shell.signal.aborted) break;
      last = seen;
      draw();
      await wake.within(everyS * 1000);
    }
  } finally {
    forgetSize();
    forgetKeys?.();
    process.off("exit", restore);
    restore();
  }
  return shell.signal.aborted ? stoppedCode(shell) : DONE;
}

function screenText(last: Seen | Trouble, page: Page, everyS: number): string {
  const time = new Date(page.now).toTimeString().slice(0, 8);
  const head = page.paint(`${page.url} · ${time} · every ${everyS} s · q ends`, "quiet");
  if (last.kind === "seen") return `${head}\n${last.text(page)}`;
  const fix = page.typed(harmlessText(last.fix ?? ""));
  return `${head}\n${page.paint(harmlessText(last.why), "bad")}\n${fix}\n`;
}

/** q, Ctrl-C, Ctrl-D and Escape alone; the arrow keys begin with an Escape, too. */
const ENDING_KEYS: ReadonlySet<string> = new Set(["q", "Q", "\u0003", "\u0004", "\u001b"]);

/** What ends the wait for the next look: time, any key (look now), or one that ends it all. */
function createWake() {
  let isOver = false;
  let wakeUp: () => void = () => undefined;
  const { promise: ended, resolve: tellEnd } = Promise.withResolvers<undefined>();
  const end = (): void => {
    isOver = true;
    tellEnd(undefined);
    wakeUp();
  };
  return {
    end,
    ended,
    hasEnded: () => isOver,
    key: (key: string): void => (ENDING_KEYS.has(key) ? end() : wakeUp()),
    within: (milliseconds: number) =>
      new Promise<void>((resolve) => {
        if (isOver) return resolve();
        const timer = setTimeout(resolve, milliseconds);
        wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}
