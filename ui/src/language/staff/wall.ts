import type { Catalogue, Language } from "../catalogue";
import { type WallText, wallEn } from "./wall.en";
import { wallFa } from "./wall.fa";
import { wallUk } from "./wall.uk";

export const wallTexts: Record<Language, Catalogue<WallText>> = { fa: wallFa, uk: wallUk, en: wallEn };
