import { catalogue } from "@/lib/language/catalogue";
import en from "./en.json";

export const t = catalogue(en, {
  de: () => import("./de.json"),
  es: () => import("./es.json"),
  fr: () => import("./fr.json"),
  pt: () => import("./pt.json"),
});
