import { PageHeader } from "@/components/layout/page-header";

export function ExperimentPage() {
  return <PageHeader title="Experiment" />;
}
