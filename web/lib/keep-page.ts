// A page that cannot be loaded must not replace this one: without an answer, Next.js asks the browser to load the page
// anew, and the browser shows its own error page.

let blocked: string | null = null;
let installed = false;
const listeners = new Set<() => void>();
const waiting = new Set<() => void>();

function set(path: string | null): void {
  if (path === blocked) return;
  blocked = path;
  listeners.forEach((listener) => listener());
}

/** The path that could not be loaded last, or null. */
export const blockedPath = () => blocked;

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}

/** Return the path of the page that a request of the router goes to, or null for any other request. */
function pageOf(input: RequestInfo | URL, init: RequestInit | undefined): string | null {
  // What is only loaded ahead may fail.
  if (new Headers(init?.headers).has("next-router-prefetch")) return null;
  const url = new URL(input instanceof Request ? input.url : input, window.location.href);
  if (url.origin !== window.location.origin || !url.searchParams.has("_rsc")) return null;
  url.searchParams.delete("_rsc");
  return url.pathname.replace(/(index|__next\.[^/]*)\.txt$/, "") + url.search;
}

/** Ask again for every page that could not be loaded: the router still waits for it. */
export function askAgain(): void {
  waiting.forEach((ask) => ask());
  waiting.clear();
}

/** Hold requests of the router that fail until somebody tries again, so that the page stays where it is. */
export function keepPage(): void {
  if (installed) return;
  installed = true;
  const onClick = (event: MouseEvent) => {
    if (event.target instanceof Element && event.target.closest("a[href]")) askAgain();
  };
  document.addEventListener("click", onClick, { capture: true });
  const send = window.fetch;
  window.fetch = async (input, init) => {
    const page = pageOf(input, init);
    if (page === null) return send(input, init);
    for (;;) {
      try {
        const answer = await send(input, init);
        set(null);
        return answer;
      } catch (error) {
        if (init?.signal?.aborted) throw error;
        set(page);
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
    }
  };
}
