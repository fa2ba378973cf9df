import { activeLanguage } from "./language/active";

/** A name as it stands within a sentence: "streams", but in German "Streams". */
export const inSentence = (name: string): string => (activeLanguage() === "de" ? name : name.toLowerCase());
