/** Labels of the API's values, each read when it is shown: `labels(KINDS, (kind) => t(`kinds.${kind}`))`. */
export function labels<K extends string>(keys: readonly K[], read: (key: K) => string): Readonly<Record<K, string>> {
  const made = {} as Record<K, string>;
  for (const key of keys) Object.defineProperty(made, key, { enumerable: true, get: () => read(key) });
  return made;
}
