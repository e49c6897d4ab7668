import type { FleetNodeView } from "@herd/shared";

/** What is odd about a node, each with the way out. */
export function Findings({ node }: { readonly node: FleetNodeView }) {
  if (node.findings.length === 0) return null;
  return (
    <ul class="findings" aria-label={`Findings on ${node.node_id}`}>
      {node.findings.map((finding, index) => (
        <li key={`${index} ${finding.id}`}>
          <strong>{asSentence(finding.text)}</strong>
          {finding.fix !== "" && (
            <p>
              <span class="fix">Fix:</span> {asSentence(finding.fix)}
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Begins with a capital and ends with a stop, whatever it came as. */
function asSentence(text: string): string {
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}
