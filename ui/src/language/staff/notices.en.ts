export const en = {
  "notices.title": "Notices",
  "notices.bell": { one: "Notices, {n} unread", other: "Notices, {n} unread" },
  "notices.none": "Nothing yet. Whatever concerns you will appear here.",
  "notices.read_all": "Mark all read",
  "notices.all": "See all",
  "notices.settings": "Settings",
  "notices.allow_desktop": "Show on screen",
  "notices.denied": "The browser blocks notices on screen.",
  "notices.loading": "Loading…",
  "notices.failed": "The notices could not be loaded.",
  "notices.retry": "Try again",
  "notices.unread": "unread",
} as const;

export type NoticesText = typeof en;
