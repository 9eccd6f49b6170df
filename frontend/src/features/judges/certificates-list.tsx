import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Panel } from "@/components/layout/panel";
import { EmptyState, QueryStates } from "@/components/layout/states";
import { ButtonLink } from "@/components/ui/link";
import { SettingsTable } from "@/features/accounts/settings-table";
import { count, day } from "@/lib/format";
import { type Certificate as Read, certificatesOptions } from "./api";
import { Certificate } from "./certificate";
import { StandingCells } from "./standing-cells";

function Row({ certificate, isOpen }: { certificate: Read; isOpen: boolean }) {
  return (
    <tr aria-selected={isOpen}>
      <td>
        <Link
          to="/evaluations"
          search={{ tab: "certificates", certificate: certificate.id }}
          resetScroll={false}
          aria-label={`Certificate of ${certificate.evaluator}, asked for ${day(certificate.created_at)}`}
        >
          {certificate.evaluator}
        </Link>
        <span className="small t3 under">
          {certificate.evaluator_version} on {certificate.judge_model}
        </span>
      </td>
      <StandingCells certificate={certificate} asksModel />
      <td className="t2 nowrap">{day(certificate.expires_at)}</td>
    </tr>
  );
}

interface CertificatesListProps {
  /** Whose evidence is open; the newest, if none. */
  chosen: string | undefined;
  mayAsk: boolean;
}

export function CertificatesList({ chosen, mayAsk }: CertificatesListProps) {
  const certificates = useQuery(certificatesOptions());
  const items = certificates.data?.items ?? [];
  const open = items.find(({ id }) => id === chosen) ?? items[0];
  return (
    <div className={open ? "split" : undefined}>
      <Panel title="Certificates" beside={certificates.data && <span className="n">{count(certificates.data.total)}</span>} flush>
        <QueryStates query={certificates} failed="The certificates could not be loaded." rows={12}>
          {() =>
            items.length === 0 ? (
              <EmptyState
                title="No certificates yet"
                actions={
                  mayAsk && (
                    <ButtonLink kind="primary" to="/evaluations" search={{ tab: "certificates", ask: true }}>
                      Ask for a certificate
                    </ButtonLink>
                  )
                }
              >
                A certificate says whether a judge agrees with people well enough to decide what goes live. It needs labels: review some outputs first.
              </EmptyState>
            ) : (
              <SettingsTable
                caption="Certificates, the newest first"
                columns={["Judge", "κ against its limit", "With 95 % CI", "Decides", "Valid until"]}
              >
                {items.map((certificate) => (
                  <Row key={certificate.id} certificate={certificate} isOpen={certificate.id === open?.id} />
                ))}
              </SettingsTable>
            )
          }
        </QueryStates>
      </Panel>
      {open && (
        <aside className="inspector" aria-label={`Certificate of ${open.evaluator}`}>
          <div className="inspector__head">
            <h2>Certificate of {open.evaluator}</h2>
          </div>
          <Certificate certificate={open} />
        </aside>
      )}
    </div>
  );
}
