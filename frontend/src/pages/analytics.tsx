import { PageHeader } from "@/components/layout/page-header";

export function AnalyticsPage() {
  return <PageHeader title="Analytics" />;
}
