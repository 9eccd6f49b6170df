import { PageHeader } from "@/components/layout/page-header";

export function ComparePage() {
  return <PageHeader title="Compare" />;
}
