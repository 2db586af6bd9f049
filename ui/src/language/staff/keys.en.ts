/** Texts of the command palette and the list of shortcuts. */
export const en = {
  "keys.palette": "Command palette",
  "keys.search": "Go to, find, do…",
  "keys.none": "Nothing found for “{text}”.",
  "keys.results": { one: "{n} result", other: "{n} results" },
  "keys.searching": "Searching…",
  "keys.unreachable": "The search could not be reached; commands still work.",
  "keys.hint": "Arrow keys choose, Enter runs, Esc closes",
  "keys.sheet": "Keyboard shortcuts",
  "keys.single": "Shortcuts of a single key (outside fields)",
  "keys.then": "then",
  "keys.close": "Close",
  "keys.group.everywhere": "Everywhere",
  "keys.group.pages": "Pages",
  "keys.group.here": "Commands here",
  "keys.group.contacts": "Contacts",
  "keys.group.people": "People",
  "keys.group.look": "Look and language",
  "keys.go": "Go to {place}",
  "keys.unnamed": "Visitor",
} as const;

export type KeysText = typeof en;
