import { Button } from "@/components/ui/button";
import { t } from "@/components/messages";

type Props = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };

/** The next page of a list, when there is one. */
export function LoadMore({ hasNextPage, isFetchingNextPage, fetchNextPage }: Props) {
  if (!hasNextPage) return null;
  return (
    <div className="border-t border-line p-3 text-center">
      <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {t("actions.more")}
      </Button>
    </div>
  );
}
