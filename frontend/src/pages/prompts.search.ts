import { type RawSearch, flag, oneOf, text } from "@/lib/search-params";

export interface PromptsSearch {
  q?: string;
  /** Ends with a slash: `support/`. */
  folder?: string;
  tag?: string;
  label?: string;
  owner?: string;
  unexampled?: true;
  regressed?: true;
  archived?: true;
  sort?: "name" | "-updated_at" | "score";
  /** The sheet for a new prompt is open, with this to begin with. */
  new?: "blank" | "gallery" | "duplicate" | "import";
  /** The prompt a copy is made of. */
  from?: string;
}

const FOLDER = /^[a-z0-9][a-z0-9._/-]*$/;
const LABEL = /^[a-z][a-z0-9_-]{0,63}$/;

export function promptsSearch(raw: RawSearch): PromptsSearch {
  const folder = text(raw, "folder");
  const label = text(raw, "label");
  return {
    q: text(raw, "q"),
    folder: folder && FOLDER.test(folder) ? `${folder.replace(/\/+$/, "")}/` : undefined,
    tag: text(raw, "tag"),
    label: label && LABEL.test(label) ? label : undefined,
    owner: text(raw, "owner"),
    unexampled: flag(raw, "unexampled"),
    regressed: flag(raw, "regressed"),
    archived: flag(raw, "archived"),
    sort: oneOf(raw, "sort", ["name", "-updated_at", "score"]),
    new: oneOf(raw, "new", ["blank", "gallery", "duplicate", "import"]),
    from: text(raw, "from"),
  };
}
