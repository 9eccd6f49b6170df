import { useQuery } from "@tanstack/react-query";
import { Panel } from "@/components/layout/panel";
import { QueryStates } from "@/components/layout/states";
import { Chip } from "@/components/ui/chip";
import { SettingsTable } from "@/features/accounts/settings-table";
import { MayNot } from "@/features/session/may-not";
import { useMay } from "@/features/session/use-may";
import { money } from "@/lib/format";
import { type Provider, providersOptions } from "./api";
import { ProviderRow } from "./provider-row";

function Prices({ providers }: { providers: readonly Provider[] }) {
  const models = providers.flatMap((provider) => provider.models);
  return (
    <Panel title="Prices" beside={<span className="n small">US dollars, as listed; prices of your own stand under Budgets</span>} flush>
      <SettingsTable
        caption="Prices"
        columns={["Model", { name: "In, 1 M tokens", kind: "num" }, { name: "Out, 1 M tokens", kind: "num" }, "Prices of"]}
      >
        {models.map((model) => (
          <tr key={model.name}>
            <td>
              {model.name} {model.is_default && <Chip kind="label">default</Chip>}
            </td>
            <td className="num">{money(model.input_per_million)}</td>
            <td className="num">{money(model.output_per_million)}</td>
            <td className="t2">{model.priced_at ?? "no list has it"}</td>
          </tr>
        ))}
      </SettingsTable>
    </Panel>
  );
}

export function ProvidersSection() {
  const mayTest = useMay("admin");
  const providers = useQuery(providersOptions);
  return (
    <>
      {!mayTest && <MayNot to="test a provider" />}
      <Panel
        title="Providers and models"
        beside={providers.data && <span className="n">{providers.data.total}</span>}
        foot="Keys are read from the environment and never shown. A test is one small call, paid like any other."
        flush
      >
        <QueryStates query={providers} failed="The providers could not be loaded." rows={4}>
          {({ items }) => (
            <SettingsTable caption="Providers" columns={["Provider", "Key", "Last test", "Models and limit", "Breaker", { name: "Actions", kind: "hidden" }]}>
              {items.map((provider) => (
                <ProviderRow key={provider.name} provider={provider} mayTest={mayTest} />
              ))}
            </SettingsTable>
          )}
        </QueryStates>
      </Panel>
      {providers.data && <Prices providers={providers.data.items} />}
    </>
  );
}
