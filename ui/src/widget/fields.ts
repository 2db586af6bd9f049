/** What visitors type into forms: read kindly, judged before it is sent. The centre judges again. */
import type { FieldKey } from "./types";

export type FieldError = "field_required" | "field_email" | "field_phone" | "field_long" | "address_bad";

/** Latin digits for Persian and Arabic ones, no control or direction-changing characters, no blank ends. */
export function tidy(text: string): string {
  return text
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ufeff]/g, "")
    .trim();
}

/** A phone number as digits with an optional +; null when it cannot be one. */
export function phoneOf(text: string): string | null {
  const plain = tidy(text).replace(/[\s().\-–/]/g, "").replace(/^00/, "+");
  return /^\+?[0-9]{4,15}$/.test(plain) ? plain : null;
}

/** An e-mail address in its usual form; null when it cannot be one. */
export function emailOf(text: string): string | null {
  const plain = tidy(text).replace(/\s/g, "");
  return plain.length <= 200 && /^[^@<>(),;:\\"[\]]+@[^@\s<>(),;:\\"[\]]+\.[^@\s.<>(),;:\\"[\]]{2,}$/.test(plain) ? plain : null;
}

const LONGEST = 200;

/** The value to send, or what is wrong with it. An empty value that is not required is fine. */
export function judge(key: FieldKey | "address" | "text" | "comment", typed: string, required: boolean): { value: string } | { error: FieldError } {
  if (key === "text" || key === "comment") {
    const value = typed.trim();
    if (!value && required) return { error: "field_required" };
    return [...value].length > 4_000 ? { error: "field_long" } : { value };
  }
  const value = key === "name" || key === "subject" ? typed.trim() : tidy(typed);
  if (!value) return required ? { error: "field_required" } : { value };
  if ([...value].length > LONGEST) return { error: "field_long" };
  if (key === "email") {
    const email = emailOf(value);
    return email ? { value: email } : { error: "field_email" };
  }
  if (key === "phone") {
    const phone = phoneOf(value);
    return phone ? { value: phone } : { error: "field_phone" };
  }
  if (key === "address") {
    const address = emailOf(value) ?? phoneOf(value);
    return address ? { value: address } : { error: "address_bad" };
  }
  return { value };
}

/** Characters as people count them for the limit: code points, as the centre does. */
export function lengthOf(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
