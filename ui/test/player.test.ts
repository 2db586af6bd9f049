/** The arithmetic of a recording's player. */
import { expect, test } from "vitest";

import { clock, lanesOf, moved } from "../src/pages/player";

test("a moment is read in the page's digits", () => {
  expect(clock(0, "en")).toBe("0:00");
  expect(clock(61.9, "en")).toBe("1:01");
  expect(clock(3723, "uk")).toBe("1:02:03");
  expect(clock(125, "fa")).toBe("۲:۰۵");
  expect(clock(-3, "en")).toBe("0:00");
});

test("two lanes have the same number of columns", () => {
  const [customer, agent] = lanesOf(btoa(String.fromCharCode(1, 2, 3, 4)));
  expect([...customer]).toEqual([1, 2]);
  expect([...agent]).toEqual([3, 4]);
  expect(lanesOf("")[0]).toHaveLength(0);
});

test("keys move within the recording and nowhere else", () => {
  expect(moved("ArrowRight", 10, 100)).toBe(15);
  expect(moved("ArrowLeft", 2, 100)).toBe(0);
  expect(moved("End", 2, 100)).toBe(100);
  expect(moved("5", 2, 100)).toBe(50);
  expect(moved("ArrowRight", 98, 100)).toBe(100);
  expect(moved("x", 2, 100)).toBeNull();
});
