import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { PageHeader } from "@/components/layout/page-header";
import { ButtonLink } from "@/components/ui/link";
import { ViewsMenu } from "@/features/lists/views-menu";
import type { PromptFilters } from "@/features/prompts/api";
import { NewPromptSheet } from "@/features/prompts/new-prompt-sheet";
import { PromptsList } from "@/features/prompts/prompts-list";
import { useMay } from "@/features/session/use-may";
import { promptsSearch } from "./prompts.search";

export function PromptsPage() {
  const { new: source, from = "", ...filters } = useSearch({ from: "/shell/prompts/" });
  const navigate = useNavigate({ from: "/prompts/" });
  const mayWrite = useMay("write");
  const filter = (next: PromptFilters, typing = false) => void navigate({ search: next, replace: typing });
  return (
    <>
      <PageHeader
        title="Prompts"
        identity="What is asked of the models: every version kept, the one that serves, and how good it is."
        actions={
          <>
            <ViewsMenu page="prompts" filters={filters} onOpen={(view) => filter(promptsSearch(view))} />
            {mayWrite && (
              <>
                <ButtonLink to="/prompts" search={{ ...filters, new: "import" }}>
                  Import
                </ButtonLink>
                <ButtonLink kind="primary" to="/prompts" search={{ ...filters, new: "blank" }}>
                  <Plus className="icon" aria-hidden="true" />
                  New prompt
                </ButtonLink>
              </>
            )}
          </>
        }
      />
      <PromptsList filters={filters} onFilter={filter} onNew={() => void navigate({ search: { ...filters, new: "gallery" } })} />
      {source && mayWrite && (
        <NewPromptSheet
          source={source}
          from={from}
          onSource={(next, name) => void navigate({ search: { ...filters, new: next, from: name }, replace: true })}
          onClose={() => void navigate({ search: filters, replace: true })}
        />
      )}
    </>
  );
}
