import { PageHeader } from "@/components/layout/page-header";

export function JudgePage() {
  return <PageHeader title="Judge" />;
}
