import { PageHeader } from "@/components/layout/page-header";

export function PromptPage() {
  return <PageHeader title="Prompt" />;
}
