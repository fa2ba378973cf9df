export type Theme = "system" | "light" | "dark";

const KEY = "arti-theme";

/** Runs before the first paint, so that a dark page does not flash white. */
export const THEME_SCRIPT = `(function(){try{var t=localStorage.getItem("${KEY}")}catch(e){}if(t!=="light"&&t!=="dark")t=matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light";document.documentElement.dataset.theme=t})()`;

/** Follow the system's theme unless one was chosen. Returns the cleanup function. */
export function followSystem(): () => void {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    if (storedTheme() === "system") applyTheme("system");
  };
  system.addEventListener("change", follow);
  return () => system.removeEventListener("change", follow);
}

export function storedTheme(): Theme {
  const theme = window.localStorage.getItem(KEY);
  return theme === "light" || theme === "dark" ? theme : "system";
}

export function applyTheme(theme: Theme): void {
  if (theme === "system") window.localStorage.removeItem(KEY);
  else window.localStorage.setItem(KEY, theme);
  const dark = theme === "system" ? window.matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  window.dispatchEvent(new Event("arti:theme"));
}

export function toggleTheme(): void {
  applyTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
}
