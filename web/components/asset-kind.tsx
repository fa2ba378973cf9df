import { t } from "@/components/messages";

const KINDS = ["track", "album", "video", "short", "post", "reel", "story", "sound", "playlist"] as const;

/** "track" in the reader's language; a kind that has no name here as the API writes it. */
export function assetKindName(kind: string): string {
  const known = KINDS.find((each) => each === kind);
  return known ? t(`assets.kinds.${known}`) : kind;
}

/** What an item of a platform is; a guess is said to be one. */
export function AssetKind({ asset }: { asset: { kind: string; kind_guessed: boolean } }) {
  const name = assetKindName(asset.kind);
  if (!asset.kind_guessed) return <span className="text-muted capitalize">{name}</span>;
  return (
    <span className="text-muted" title={t("assets.guessedHint")}>
      {t.rich("assets.guessed", { kind: () => <span className="capitalize">{name}</span> })}
    </span>
  );
}
