import { _createCache, _createIntlFormatters, createTranslator } from "use-intl/core";
import { writeNumber } from "../regional";
import { activeLanguage, loadBeforeChange, wantedLanguage } from "./active";
import { NUMBER_LOCALES, type Language } from "./languages";

export type Messages = { readonly [key: string]: string | Messages };

/** "title" | "dialog.title": the keys of messages, with points between their levels. */
export type MessageKey<M> = {
  [K in keyof M & string]: M[K] extends string ? K : `${K}.${MessageKey<M[K]>}`;
}[keyof M & string];

type Values = Record<string, string | number | Date | null | undefined>;
type Part = (chunks: React.ReactNode) => React.ReactNode;

export type Translate<M> = {
  /** The message as text. */
  (key: MessageKey<M>, values?: Values): string;
  /** The message with elements: `t.rich("hint", { link: (chunks) => <Link href="/">{chunks}</Link> })`. */
  rich: (key: MessageKey<M>, values: Record<string, string | number | Part>) => React.ReactNode;
};

type Loaders = Record<Exclude<Language, "en">, () => Promise<{ default: Messages }>>;
type Translator = ReturnType<typeof createTranslator<Messages>>;

/**
 * The messages of a feature. English comes with the code, so that nothing is loaded for it; the other languages are
 * loaded with the page that needs them. While they are, `t` suspends the component that calls it. What another
 * language lacks is shown in English.
 */
export function catalogue<M extends Messages>(english: M, loaders: Loaders): Translate<M> {
  const translators = new Map<Language, Translator>([["en", translator("en", english)]]);
  const loading = new Map<Language, Promise<void>>();

  function load(language: Language): Promise<void> {
    if (language === "en" || translators.has(language)) return Promise.resolve();
    const running = loading.get(language);
    if (running) return running;
    const started = loaders[language]()
      .then((module) => translator(language, merged(english, module.default)))
      .catch(() => translators.get("en")!) // English until the next load of the page
      .then((made) => void translators.set(language, made));
    loading.set(language, started);
    return started;
  }

  function current(): Translator {
    const found = translators.get(activeLanguage());
    if (found) return found;
    // A component that throws a promise waits for it.
    throw load(activeLanguage());
  }

  loadBeforeChange(load);
  if (typeof window !== "undefined") void load(wantedLanguage());

  const t = ((key, values) => current()(key as never, values as never)) as Translate<M>;
  t.rich = (key, values) => current().rich(key as never, values as never);
  return t;
}

const formatters = _createIntlFormatters(_createCache());

/** Numbers within messages, as those of lib/format.ts: with the separators that the reader chose. */
const readerFormatters: typeof formatters = {
  ...formatters,
  getNumberFormat: (...options) => {
    const format = formatters.getNumberFormat(...options);
    return { format: (value: number | bigint) => writeNumber(format, value) } as Intl.NumberFormat;
  },
};

function translator(language: Language, messages: Messages): Translator {
  return createTranslator<Messages>({
    locale: NUMBER_LOCALES[language],
    messages,
    timeZone: "UTC",
    _formatters: readerFormatters,
    onError: (error) => {
      if (process.env.NODE_ENV === "test") throw error;
    },
  });
}

function merged(english: Messages, other: Messages): Messages {
  const pairs = Object.entries(english).map(([key, text]) => {
    const own = other[key];
    if (isMessage(text)) return [key, own && isMessage(own) ? own : text];
    return [key, own && !isMessage(own) ? merged(text, own) : text];
  });
  return Object.fromEntries(pairs) as Messages;
}

/** A text, or the list that lint/compile-messages.mjs makes of it. */
function isMessage(value: string | Messages): value is string {
  return typeof value === "string" || Array.isArray(value);
}
