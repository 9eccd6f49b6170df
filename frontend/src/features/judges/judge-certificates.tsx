import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Panel } from "@/components/layout/panel";
import { QueryStates } from "@/components/layout/states";
import { SettingsTable } from "@/features/accounts/settings-table";
import { day } from "@/lib/format";
import { certificatesOptions } from "./api";
import { StandingCells } from "./standing-cells";

/** The evaluator's certificates; each names the version and the model it is about. */
export function JudgeCertificates({ evaluator }: { evaluator: string }) {
  const certificates = useQuery(certificatesOptions(evaluator));
  return (
    <Panel
      title={`Certificates of ${evaluator}`}
      foot="A certificate holds for one evaluator version on one model: other options are another version."
      flush
    >
      <QueryStates query={certificates} failed="The certificates could not be loaded." rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="panel__body t2">
              None yet. <Link to="/evaluations" search={{ tab: "certificates", ask: true }}>Ask for one</Link> once people have labelled some outputs.
            </p>
          ) : (
            <SettingsTable
              caption={`Certificates of ${evaluator}`}
              columns={["Version and model", "κ against its limit", "With 95 % CI", "Decides", "Valid until"]}
            >
              {items.map((certificate) => (
                <tr key={certificate.id}>
                  <td>
                    <Link to="/evaluations" search={{ tab: "certificates", certificate: certificate.id }}>
                      {certificate.evaluator_version} on {certificate.judge_model}
                    </Link>
                  </td>
                  <StandingCells certificate={certificate} asksModel />
                  <td className="t2 nowrap">{day(certificate.expires_at)}</td>
                </tr>
              ))}
            </SettingsTable>
          )
        }
      </QueryStates>
    </Panel>
  );
}
