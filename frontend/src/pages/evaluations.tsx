import { PageHeader } from "@/components/layout/page-header";

export function EvaluationsPage() {
  return <PageHeader title="Evaluations" />;
}
