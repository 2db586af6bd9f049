import type { Catalogue, Language } from "../catalogue";
import { type StaffText, en } from "./en";
import { fa } from "./fa";
import { uk } from "./uk";

export const staffTexts: Record<Language, Catalogue<StaffText>> = { fa, uk, en };
