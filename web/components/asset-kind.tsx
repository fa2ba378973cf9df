/** What an item of a platform is; a guess is said to be one. */
export function AssetKind({ asset }: { asset: { kind: string; kind_guessed: boolean } }) {
  if (!asset.kind_guessed) return <span className="text-muted capitalize">{asset.kind}</span>;
  return (
    <span className="text-muted" title="The platform does not say which uploads are Shorts. Guessed by the length.">
      <span className="capitalize">{asset.kind}</span>, guessed
    </span>
  );
}
