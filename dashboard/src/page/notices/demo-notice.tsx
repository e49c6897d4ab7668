import type { JoinCommand } from "../../fleet/join-command.ts";
import { CopyLine } from "./copy-line.tsx";

/** What the page says while the machines of the demo are there: what they are, and how real ones come. */
export function DemoNotice({ command }: { readonly command: JoinCommand }) {
  return (
    <section class="panel guide" aria-labelledby="demo">
      <h2 id="demo">This is a demo</h2>
      <p>
        No backend was found on the router's machine, so simulated machines answer for models named <code>demo-…</code>.
        Only programs on that machine see them. They go as soon as a machine with a real model joins:
      </p>
      <CopyLine text={command.text} />
    </section>
  );
}
