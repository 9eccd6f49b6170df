import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { sectionName } from "@/features/accounts/section-names";
import { type Days, dashboardOptions } from "@/features/analytics/api";
import { zoneOf } from "@/features/analytics/zone";
import { askAhead } from "@/features/comparison/ask-ahead";
import { namedSides } from "@/features/comparison/sides";
import { casesOptions, experimentsOptions, statusOptions } from "@/features/experiments/api";
import { promptOptions, promptsOptions } from "@/features/prompts/api";
import { meOptions } from "@/features/session/api";
import { promptCrumbs } from "@/features/shell/prompt-crumbs";
import { AppShell } from "@/features/shell/app-shell";
import { analyticsSearch } from "@/pages/analytics.search";
import { compareSearch } from "@/pages/compare.search";
import { dashboardSearch } from "@/pages/dashboard.search";
import { evaluationsSearch } from "@/pages/evaluations.search";
import { experimentNewSearch } from "@/pages/experiment-new.search";
import { experimentSearch } from "@/pages/experiment.search";
import { experimentsSearch } from "@/pages/experiments.search";
import { playgroundSearch } from "@/pages/playground.search";
import { promptSearch } from "@/pages/prompt.search";
import { promptsSearch } from "@/pages/prompts.search";
import { settingsSearch } from "@/pages/settings.search";
import { signInSearch } from "@/pages/sign-in.search";
import { parseSearch, stringifySearch } from "@/lib/search-params";
import { ApiError } from "@/services/http";
import { Failed, NotFound } from "./error-pages";
import { leadToPrompt } from "./lead-to-prompt";

interface Context {
  client: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ notFoundComponent: NotFound, errorComponent: Failed });

/** Everything but signing in needs somebody. A loader runs beside those of the page: nobody waits for one answer to ask for the next. */
const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  component: AppShell,
  loader: async ({ context, location }) => {
    try {
      await context.client.ensureQueryData(meOptions);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { next: location.href } });
      }
      throw error;
    }
  },
});

/** Its days are those of the reader's zone, which the server knows. */
async function aheadOfDashboard(client: QueryClient, days: Days): Promise<void> {
  const me = await client.ensureQueryData(meOptions).catch(() => undefined);
  if (me) await client.prefetchQuery(dashboardOptions(days, zoneOf(me)));
}

const page = <T extends Record<string, unknown>>(load: () => Promise<T>, name: keyof T & string) =>
  lazyRouteComponent(load, name);
const dashboard = createRoute({
  getParentRoute: () => shell,
  path: "/",
  validateSearch: dashboardSearch,
  component: page(() => import("@/pages/dashboard"), "DashboardPage"),
  loader: ({ context: { client }, location: { search } }) => void aheadOfDashboard(client, dashboardSearch(search).days ?? 7),
  staticData: { crumbs: () => [{ name: "Dashboard" }] },
});
// a splat matches nothing at all as well: the list is the index beside it, not a sibling above it
const library = createRoute({ getParentRoute: () => shell, path: "/prompts" });
const prompts = createRoute({
  getParentRoute: () => library,
  path: "/",
  validateSearch: promptsSearch,
  component: page(() => import("@/pages/prompts"), "PromptsPage"),
  loaderDeps: ({ search: { q, folder, tag, label, regressed, archived, sort } }) => ({ q, folder, tag, label, regressed, archived, sort }),
  loader: ({ context: { client }, deps }) => void client.prefetchInfiniteQuery(promptsOptions(deps)),
  staticData: { crumbs: () => [{ name: "Prompts" }] },
});
const prompt = createRoute({
  getParentRoute: () => library,
  path: "$",
  validateSearch: promptSearch,
  component: page(() => import("@/pages/prompt"), "PromptPage"),
  loader: ({ context: { client }, params: { _splat = "" } }) => void client.prefetchQuery(promptOptions(_splat)),
  staticData: { crumbs: ({ _splat = "" }) => [{ name: "Prompts", to: "/prompts" }, ...promptCrumbs(_splat)] },
});
const goToPrompt = createRoute({ getParentRoute: () => shell, path: "/go/prompts/$", loader: ({ context, params: { _splat } }) => leadToPrompt(context.client, _splat) });
const experiments = createRoute({
  getParentRoute: () => shell,
  path: "/experiments",
  validateSearch: experimentsSearch,
  component: page(() => import("@/pages/experiments"), "ExperimentsPage"),
  loaderDeps: ({ search: { cursor, q, prompt: of, status, verdict, trigger, tag, sort } }) => ({ cursor, q, prompt: of, status, verdict, trigger, tag, sort }),
  loader: ({ context: { client }, deps: { cursor, ...filters } }) => void client.prefetchQuery(experimentsOptions(filters, cursor)),
  staticData: { crumbs: () => [{ name: "Experiments" }] },
});
const experimentNew = createRoute({
  getParentRoute: () => shell,
  path: "/experiments/new",
  validateSearch: experimentNewSearch,
  component: page(() => import("@/pages/experiment-new"), "ExperimentNewPage"),
  staticData: { crumbs: () => [{ name: "Experiments", to: "/experiments" }, { name: "New" }] },
});
const experiment = createRoute({
  getParentRoute: () => shell,
  path: "/experiments/$experimentId",
  validateSearch: experimentSearch,
  component: page(() => import("@/pages/experiment"), "ExperimentPage"),
  loader: ({ context: { client }, params: { experimentId } }) => {
    void client.prefetchQuery(statusOptions(experimentId));
    void client.prefetchQuery(casesOptions(experimentId)); // together: the later one would push the page about
  },
  staticData: { crumbs: () => [{ name: "Experiments", to: "/experiments" }, { name: "Experiment" }] },
});
const compare = createRoute({
  getParentRoute: () => shell,
  path: "/compare",
  validateSearch: compareSearch,
  component: page(() => import("@/pages/compare"), "ComparePage"),
  loaderDeps: ({ search: { base, with: others, metric } }) => ({ base, others, metric }),
  loader: ({ context: { client }, deps: { base, others }, location: { search } }) => {
    const named = namedSides(base, others);
    if (named) void askAhead(client, named, compareSearch(search));
  },
  staticData: { crumbs: () => [{ name: "Experiments", to: "/experiments" }, { name: "Compare" }] },
});
const playground = createRoute({
  getParentRoute: () => shell,
  path: "/playground",
  validateSearch: playgroundSearch,
  component: page(() => import("@/pages/playground"), "PlaygroundPage"),
  staticData: { crumbs: () => [{ name: "Playground" }] },
});
const playgroundState = createRoute({
  getParentRoute: () => shell,
  path: "/playground/s/$stateId",
  validateSearch: playgroundSearch,
  component: page(() => import("@/pages/playground"), "PlaygroundPage"),
  staticData: { crumbs: () => [{ name: "Playground", to: "/playground" }, { name: "Shared state" }] },
});
const evaluations = createRoute({
  getParentRoute: () => shell,
  path: "/evaluations",
  validateSearch: evaluationsSearch,
  component: page(() => import("@/pages/evaluations"), "EvaluationsPage"),
  staticData: { crumbs: () => [{ name: "Evaluations" }] },
});
const review = createRoute({
  getParentRoute: () => shell,
  path: "/evaluations/review",
  component: page(() => import("@/pages/review"), "ReviewPage"),
  staticData: { crumbs: () => [{ name: "Evaluations", to: "/evaluations" }, { name: "Review queue" }] },
});
const judge = createRoute({
  getParentRoute: () => shell,
  path: "/evaluations/judges/$judgeId",
  component: page(() => import("@/pages/judge"), "JudgePage"),
  staticData: { crumbs: () => [{ name: "Evaluations", to: "/evaluations" }, { name: "Judge" }] },
});
const analytics = createRoute({
  getParentRoute: () => shell,
  path: "/analytics",
  validateSearch: analyticsSearch,
  component: page(() => import("@/pages/analytics"), "AnalyticsPage"),
  staticData: { crumbs: () => [{ name: "Analytics" }] },
});
const settingsHome = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  beforeLoad: () => {
    throw redirect({ to: "/settings/$section", params: { section: "profile" } });
  },
});
const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings/$section",
  validateSearch: settingsSearch,
  component: page(() => import("@/pages/settings"), "SettingsPage"),
  staticData: { crumbs: ({ section = "" }) => [{ name: "Settings", to: "/settings" }, { name: sectionName(section) }] },
});
const nothing = createRoute({ getParentRoute: () => shell, path: "$", component: NotFound });
const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: signInSearch,
  component: page(() => import("@/pages/sign-in"), "SignInPage"),
});
const welcome = createRoute({
  getParentRoute: () => root,
  path: "/welcome",
  component: page(() => import("@/pages/welcome"), "WelcomePage"),
});
const invite = createRoute({
  getParentRoute: () => root,
  path: "/invite",
  component: page(() => import("@/pages/welcome"), "WelcomePage"),
});
const reset = createRoute({
  getParentRoute: () => root,
  path: "/reset",
  component: page(() => import("@/pages/welcome"), "WelcomePage"),
});

const routeTree = root.addChildren([
  shell.addChildren([
    dashboard,
    library.addChildren([prompts, prompt]),
    goToPrompt,
    experiments,
    experimentNew,
    experiment,
    compare,
    playground,
    playgroundState,
    evaluations,
    review,
    judge,
    analytics,
    settingsHome,
    settings,
    nothing,
  ]),
  signIn,
  welcome,
  invite,
  reset,
]);

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree,
    context: { client },
    parseSearch,
    stringifySearch,
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultNotFoundComponent: NotFound,
    defaultErrorComponent: Failed,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
