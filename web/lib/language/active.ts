import { LANGUAGES, type Language } from "./languages";

const KEY = "arti-language";

/**
 * Runs before the first paint. The pages of the export are written in English, so that a page in another language stays
 * hidden until its messages are there: the one that this browser showed last, else the first that its reader prefers.
 */
export const LANGUAGE_SCRIPT = `(function(){var k=${JSON.stringify(LANGUAGES)},e=document.documentElement,l=null;try{l=localStorage.getItem("${KEY}")}catch(x){}if(k.indexOf(l)<0)l=(navigator.languages||[]).map(function(s){return s.slice(0,2).toLowerCase()}).filter(function(s){return k.indexOf(s)>=0})[0]||"en";e.lang=l;if(l!=="en")e.dataset.language="pending"})()`;

type Loader = (language: Language) => Promise<void>;

let active: Language = "en";
let wanted: Language = atStart();
let beginsOtherwise = wanted !== active;
let starting: Promise<void> | null = null;
const loaders = new Set<Loader>();
const listeners = new Set<() => void>();

/** What LANGUAGE_SCRIPT chose. */
function atStart(): Language {
  if (typeof document === "undefined" || document.documentElement.dataset.language !== "pending") return "en";
  return LANGUAGES.find((language) => language === document.documentElement.lang) ?? "en";
}

/** The language in which the page is written now. */
export const activeLanguage = (): Language => active;

/** The language that the page has or is about to have: its messages are loaded ahead. */
export const wantedLanguage = (): Language => wanted;

export function onLanguageChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Load a catalogue's messages before each change of the language. */
export function loadBeforeChange(loader: Loader): void {
  loaders.add(loader);
}

/** Load the language in which the page begins; null when that is done, or English. */
export function languageStart(): Promise<void> | null {
  if (!beginsOtherwise) return null;
  starting ??= change();
  return starting;
}

/** Write the page in another language, and begin with it next time. */
export async function setLanguage(language: Language): Promise<void> {
  try {
    window.localStorage.setItem(KEY, language);
  } catch {
    // Without storage the page begins in the browser's language.
  }
  wanted = language;
  if (language !== active) await change();
}

async function change(): Promise<void> {
  const language = wanted;
  await Promise.all([...loaders].map((load) => load(language)));
  if (language !== wanted) return; // changed again meanwhile
  active = language;
  beginsOtherwise = false;
  document.documentElement.lang = language;
  delete document.documentElement.dataset.language;
  for (const listener of listeners) listener();
}
