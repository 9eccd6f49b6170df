import { queryOptions } from "@tanstack/react-query";
import { type Schemas, http, unwrap } from "@/services/http";

export type Onboarding = Schemas["OnboardingRead"];

export const onboardingOptions = queryOptions({
  queryKey: ["onboarding"],
  queryFn: ({ signal }) => unwrap(http.GET("/api/v1/onboarding", { signal })),
});

export const removeDemoData = () => unwrap(http.DELETE("/api/v1/demo-data"));
