import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Panel } from "@/components/layout/panel";
import { QueryStates } from "@/components/layout/states";
import { SettingsTable } from "@/features/accounts/settings-table";
import { MayNot } from "@/features/session/may-not";
import { useMay } from "@/features/session/use-may";
import { providersOptions } from "./api";
import { ProviderRow } from "./provider-row";

const COLUMNS = ["Provider", "Key", "Last test", "Models and limit", "Breaker", { name: "Actions", kind: "hidden" }] as const;

export function ProvidersSection() {
  const mayTest = useMay("admin");
  const providers = useQuery(providersOptions);
  return (
    <>
      {!mayTest && <MayNot to="test a provider" />}
      <Panel
        title="Providers and models"
        beside={providers.data && <span className="n">{providers.data.total}</span>}
        foot={
          <>
            <span>Keys are read from the environment and never shown. A test is one small call, paid like any other.</span>
            <Link to="/settings/$section" params={{ section: "budgets" }}>
              Prices of the models
            </Link>
          </>
        }
        flush
      >
        <QueryStates query={providers} failed="The providers could not be loaded." rows={4}>
          {({ items }) => (
            <SettingsTable caption="Providers" columns={COLUMNS} cards>
              {items.map((provider) => (
                <ProviderRow key={provider.name} provider={provider} mayTest={mayTest} />
              ))}
            </SettingsTable>
          )}
        </QueryStates>
      </Panel>
    </>
  );
}
