import { Panel } from "@/components/layout/panel";
import { SettingsTable } from "@/features/accounts/settings-table";

const CODES = [
  [0, "Passed, unchanged, or inconclusive with a warning", "goes on"],
  [1, "A regression is proven", "stops"],
  [2, "Asked wrongly: settings, a key that is refused, a bad row", "stops; repeating is no use"],
  [3, "Could not complete or compare: server, provider, budget, too little left", "may be repeated"],
  [4, "Inconclusive, under --strict or a strict policy", "as you decide"],
  [130, "Interrupted", "the experiment goes on, unless --cancel-on-interrupt"],
] as const;

export function ExitCodes() {
  return (
    <Panel title="Exit codes" beside={<span className="n small">of llmops gate and llmops run</span>} flush>
      <SettingsTable caption="Exit codes" columns={[{ name: "Code", kind: "num" }, "What it says", "What the job does"]}>
        {CODES.map(([code, says, does]) => (
          <tr key={code}>
            <td className="num">
              <b>{code}</b>
            </td>
            <td>{says}</td>
            <td className="t2">{does}</td>
          </tr>
        ))}
      </SettingsTable>
    </Panel>
  );
}
