import { PageHeader } from "@/components/layout/page-header";

export function ExperimentNewPage() {
  return <PageHeader title="New experiment" />;
}
