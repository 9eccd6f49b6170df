import { toast } from "@/components/ui/toast";
import { useMay } from "@/features/session/use-may";
import type { Prompt } from "./api";
import { BLANK, type Content, contentOf, sameContent } from "./content";
import { usePlace } from "./place";
import type { PromptDraft } from "./use-prompt-draft";
import type { Shown } from "./use-versions";

/** What stands in the middle of the page: a version to read, or the draft that is made from it. */
export function useEditing(prompt: Prompt, draft: PromptDraft, version: Shown | undefined, newest: number) {
  const { search, go } = usePlace();
  const mayWrite = useMay("write");
  const base = version ? contentOf(version) : null;
  const baseNumber = version?.number ?? 0;
  const own = draft.value?.base === baseNumber ? draft.value : null;
  const elsewhere = draft.value && !own ? draft.value : null;
  const content: Content = own?.content ?? base ?? BLANK;
  const known = own?.known ?? version?.variables.map(({ name }) => name) ?? null;
  const parent = own?.parent ?? newest;
  const mayEdit = mayWrite && prompt.archived_at === null && !elsewhere;
  const put = (next: Content, names = known) => {
    if (search.edit === undefined) go({ edit: true }, true);
    if (base && sameContent(base, next)) draft.discard();
    else draft.set({ ...own, base: baseNumber, parent, content: next, known: names });
  };
  return {
    base,
    own,
    elsewhere,
    content,
    known,
    parent,
    mayEdit,
    isEditing: own !== null || (mayEdit && (search.edit === true || version === undefined)),
    change: put,
    define: (name: string) => put(content, [...(known ?? []), name]),
    discard: () => {
      const thrown = draft.value;
      draft.discard();
      go({ edit: undefined }, true);
      if (thrown) toast("Discarded the draft.", () => draft.set(thrown));
    },
  };
}

export type Editing = ReturnType<typeof useEditing>;
