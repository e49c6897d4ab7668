import type { JoinCommand } from "../../fleet/join-command.ts";
import { CopyLine } from "./copy-line.tsx";

/** What the page says while no node has ever joined: the way to the first one. */
export function EmptyFleet({ command }: { readonly command: JoinCommand }) {
  return (
    <section class="panel guide" aria-labelledby="no-nodes">
      <h2 id="no-nodes">No nodes yet</h2>
      <p>Start the agent on every machine that runs Ollama. It appears here within seconds.</p>
      <CopyLine text={command.text} />
      {command.hasPlaceholder && (
        <p>
          Replace <code>{command.placeholder}</code> by the name or address of the router's machine, as the other
          machine sees it. On the router's own machine <code>herd-node</code> alone is enough.
        </p>
      )}
      <p>
        From a checkout it is <code>npm run herd-node -- --router-url …</code> with the same address.
      </p>
    </section>
  );
}
