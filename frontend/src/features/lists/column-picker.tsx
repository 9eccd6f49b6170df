import { Columns3 } from "lucide-react";
import { lazy } from "react";
import type { Keyed } from "./columns";
import { LateMenu } from "./late-menu";

const ColumnMenu = lazy(async () => ({ default: (await import("./column-menu")).ColumnMenu }));

interface ColumnPickerProps {
  /** The list's name in what is kept. */
  list: string;
  columns: readonly (Keyed & { readonly name: string })[];
}

/** Which columns a list shows, and in which order. */
export function ColumnPicker(props: ColumnPickerProps) {
  return (
    <LateMenu name="Columns" icon={<Columns3 className="icon" aria-hidden="true" />} small>
      {(trigger) => <ColumnMenu {...props} trigger={trigger} />}
    </LateMenu>
  );
}
