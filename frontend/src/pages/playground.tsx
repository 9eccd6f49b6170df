import { PageHeader } from "@/components/layout/page-header";

export function PlaygroundPage() {
  return <PageHeader title="Playground" />;
}
