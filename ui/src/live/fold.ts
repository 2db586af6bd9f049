import type { ServerFrame, Topic } from "./types";

export type TopicFrame = Extract<ServerFrame, { type: "snapshot" | "patch" }>;

export function emptyTopic(): Topic {
  return { cursor: null, keys: {} };
}

/** Applies a snapshot or patch; the result is a new topic, the old one is left as it was. */
export function fold(topic: Topic, frame: TopicFrame): Topic {
  if (frame.type === "snapshot") return { cursor: frame.cursor, keys: { ...frame.keys } };
  const keys = { ...topic.keys, ...frame.set };
  for (const key of frame.del ?? []) delete keys[key];
  return { cursor: frame.cursor, keys };
}

/** The values whose key starts with `prefix`, in key order (message numbers are zero-padded, so that is their order). */
export function listOf<T>(topic: Topic, prefix: string): T[] {
  return Object.keys(topic.keys)
    .filter((key) => key.startsWith(prefix))
    .sort()
    .map((key) => topic.keys[key] as unknown as T);
}
