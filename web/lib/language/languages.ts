/** The languages of the interface. English is written first; the others are translations of it. */
export const LANGUAGES = ["en", "de", "es", "fr", "pt"] as const;
export type Language = (typeof LANGUAGES)[number];

/* eslint arti/no-text: "off" -- what each language calls itself is the same in all of them */

/** What each language calls itself. */
export const LANGUAGE_NAMES: Record<Language, string> = {
  en: "English",
  de: "Deutsch",
  es: "Español",
  fr: "Français",
  pt: "Português",
};

/** Whose texts a speaker of the language has read. The choice of a language says of the others that nobody has. */
export const REVIEWED: ReadonlySet<Language> = new Set(["en", "de"]);

/** How numbers are written. en-US on purpose: en-GB writes 1.9m and 160k. */
export const NUMBER_LOCALES: Record<Language, string> = {
  en: "en-US",
  de: "de-DE",
  es: "es-ES",
  fr: "fr-FR",
  pt: "pt-BR",
};

/** How days are written. en-GB on purpose: 5/3 is read in two ways. */
export const DATE_LOCALES: Record<Language, string> = { ...NUMBER_LOCALES, en: "en-GB" };
