import type { Catalogue, Language } from "../catalogue";
import { type FlowText, flowEn } from "./flow.en";
import { flowFa } from "./flow.fa";
import { flowUk } from "./flow.uk";

export const flowTexts: Record<Language, Catalogue<FlowText>> = { fa: flowFa, uk: flowUk, en: flowEn };
