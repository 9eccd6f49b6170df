import { PageHeader } from "@/components/layout/page-header";

export function ReviewPage() {
  return <PageHeader title="Review" />;
}
