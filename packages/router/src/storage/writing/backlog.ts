/** A bounded queue. When it is full the oldest item makes room, so that what is kept tells of the present. */
export interface Backlog<Item> {
  readonly size: number;
  /** Returns how many old items had to go: 0 or 1. */
  push(item: Item): number;
  /** The oldest `limit` items; they stay. */
  peek(limit: number): readonly Item[];
  /** Removes the oldest `count` items. */
  drop(count: number): void;
  /** Puts items before all others, as far as there is room: the oldest of them have to go first. Returns how many had to. */
  putBack(older: readonly Item[]): number;
}

/** Gone places at the front are cut off when they are this many and half of the array. */
const COMPACT_FROM = 1024;

/** @param capacity most items kept, at least 1 */
export function createBacklog<Item>(capacity: number): Backlog<Item> {
  let items: (Item | undefined)[] = [];
  let head = 0;

  const drop = (count: number): void => {
    items.fill(undefined, head, head + count);
    head += count;
    if (head === items.length || (head >= COMPACT_FROM && head * 2 >= items.length)) {
      items = items.slice(head);
      head = 0;
    }
  };
  const push = (item: Item): number => {
    items.push(item);
    if (items.length - head <= capacity) return 0;
    drop(1);
    return 1;
  };
  const putBack = (older: readonly Item[]): number => {
    const lost = Math.max(0, older.length + items.length - head - capacity);
    items = [...older.slice(lost), ...items.slice(head)];
    head = 0;
    return lost;
  };
  return {
    get size() {
      return items.length - head;
    },
    push,
    drop,
    putBack,
    // Everything from `head` on is an item.
    peek: (limit) => items.slice(head, head + limit) as Item[],
  };
}
