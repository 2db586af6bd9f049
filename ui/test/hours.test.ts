import { describe, expect, it } from "vitest";

import { readSpans, withCell, writeSpans } from "../src/pages/hours";

describe("spans of a day", () => {
  it("reads any digits and dashes, and a span into the next day", () => {
    expect(readSpans("۹–۱۳، 14:30-18")).toEqual([
      { start: 540, end: 780 },
      { start: 870, end: 1080 },
    ]);
    expect(readSpans("22:00–2:00")).toEqual([{ start: 1320, end: 1560 }]);
    expect(readSpans("")).toEqual([]);
    expect(readSpans("nine to five")).toBeNull();
  });

  it("writes what it reads", () => {
    for (const text of ["9:00–13:00, 14:00–18:00", "0:00–24:00", "22:00–2:00", ""]) {
      expect(writeSpans(readSpans(text) ?? [], "en")).toBe(text);
    }
    expect(writeSpans([{ start: 540, end: 1020 }], "fa")).toBe("۹:۰۰–۱۷:۰۰");
  });

  it("opens and closes one half-hour and keeps the exact minutes of the others", () => {
    const day = [{ start: 555, end: 1020 }];
    expect(withCell(day, 34, true)).toEqual([{ start: 555, end: 1050 }]);
    expect(withCell(day, 24, false)).toEqual([
      { start: 555, end: 720 },
      { start: 750, end: 1020 },
    ]);
    expect(withCell([], 0, true)).toEqual([{ start: 0, end: 30 }]);
    expect(withCell([{ start: 1320, end: 1560 }], 47, false)).toEqual([
      { start: 1320, end: 1410 },
      { start: 1440, end: 1560 },
    ]);
  });
});
