import { Button } from "@/components/ui/button";

interface PagerProps {
  /** Where this page of the list begins; none at its beginning. */
  cursor: string | null | undefined;
  /** Where the next page begins, if there is one. */
  next: string | null | undefined;
  onPage: (cursor: string | undefined) => void;
  /** What the list's ends are called. */
  names?: readonly [first: string, next: string];
}

/** At the right of a list's foot: back to its beginning, and on. */
export function Pager({ cursor, next, onPage, names: [first, further] = ["Newest", "Older"] }: PagerProps) {
  if (!cursor && !next) return null;
  return (
    <span className="push row">
      {cursor && (
        <Button small onClick={() => onPage(undefined)}>
          {first}
        </Button>
      )}
      {next && (
        <Button small onClick={() => onPage(next)}>
          {further}
        </Button>
      )}
    </span>
  );
}
