import { useSignal } from "@preact/signals";
import { Fragment } from "preact";
import { useRef } from "preact/hooks";
import { copyText } from "./copy-text.ts";

type Ending = "none" | "copied" | "refused";

const WORDS: Readonly<Record<Ending, string>> = {
  none: "",
  copied: "Copied",
  refused: "Not allowed here; the line is selected",
};

/** A command line with a button that copies it. */
export function CopyLine({ text }: { readonly text: string }) {
  const line = useRef<HTMLElement>(null);
  const ending = useSignal<Ending>("none");
  const copy = async (): Promise<void> => {
    if (line.current === null) return;
    ending.value = (await copyText(text, line.current)) ? "copied" : "refused";
  };
  return (
    <div class="copy-line">
      <code ref={line}>
        {text.split(" ").map((word, index) => (
          <Fragment key={word}>
            {index > 0 && " "}
            <span class="word">{word}</span>
          </Fragment>
        ))}
      </code>
      <button type="button" onClick={() => void copy()} aria-label={`Copy the line ${text}`}>
        Copy
      </button>
      <span class="copy-ending" role="status">
        {WORDS[ending.value]}
      </span>
    </div>
  );
}
