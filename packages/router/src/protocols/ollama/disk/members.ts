import { applyEdits } from "../../edits/apply-edits.ts";
import { fieldNamed, findMembers, rootOf } from "../../edits/find-members.ts";
import { removeMembers } from "../../edits/member-edits.ts";
import { skipValue } from "../../json/skip.ts";
import { decodeString } from "../../json/text.ts";
import { valueKind } from "../../json/value-kind.ts";
import { walkMembers } from "../../json/walk.ts";

/** The text of a body's member, as Go would take it: the last one counts, and null changes nothing. */
export function textMember(body: Uint8Array, name: string): string | undefined {
  const root = rootOf(body);
  if (root === undefined) return undefined;
  const found = findMembers(body, root.start, fieldNamed(name)).findLast(
    ({ value }) => valueKind(body, value.start) === "string",
  );
  return found === undefined ? undefined : decodeString(body, found.value.start, found.value.end);
}

/** The texts inside a body's members that are maps of texts, such as `files`. */
export function textsInMember(body: Uint8Array, name: string): readonly string[] {
  const root = rootOf(body);
  if (root === undefined) return [];
  const texts: string[] = [];
  for (const { value } of findMembers(body, root.start, fieldNamed(name))) {
    if (valueKind(body, value.start) !== "object") continue;
    walkMembers(body, value.start, (start) => {
      const end = skipValue(body, start);
      if (valueKind(body, start) === "string") texts.push(decodeString(body, start, end));
      return end;
    });
  }
  return texts;
}

/** A body without a member of ours, and what that said. */
export interface TakenNode {
  /** undefined when the body names none. */
  readonly nodeId: string | undefined;
  /** The very same bytes where there was nothing to take out. */
  readonly body: Uint8Array;
}

/** Takes `node_id` out of a body: it names a node of the fleet, which is nothing that a node need know. */
export function takeNodeId(body: Uint8Array): TakenNode {
  const root = rootOf(body);
  const members = root === undefined ? [] : findMembers(body, root.start, fieldNamed("node_id"));
  if (members.length === 0) return { nodeId: undefined, body };
  const nodeId = textMember(body, "node_id") || undefined;
  return { nodeId, body: applyEdits(body, removeMembers(members, "node_id left out")) };
}
