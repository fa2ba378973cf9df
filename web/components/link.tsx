"use client";

import NextLink from "next/link";
import { useRouter } from "next/navigation";

type Props = Omit<React.ComponentProps<typeof NextLink>, "href" | "prefetch"> & { href: string };

/** A link inside the app. Its page is loaded when somebody points at it, and not as soon as it is in view. */
export function Link({ href, onPointerEnter, ...props }: Props) {
  const router = useRouter();
  return (
    <NextLink
      href={href}
      prefetch={false}
      onPointerEnter={(event) => {
        router.prefetch(href);
        onPointerEnter?.(event);
      }}
      {...props}
    />
  );
}
