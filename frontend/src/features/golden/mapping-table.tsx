import type { Column } from "./columns";

const LEFT_OUT = "-";

interface MappingTableProps {
  /** Columns of the file, in its order. */
  names: readonly string[];
  /** What each gives, `-` for nothing. */
  mapping: Readonly<Record<string, string>>;
  columns: readonly Column[];
  onChange: (name: string, target: string) => void;
}

/** Which field each column of the file gives. */
export function MappingTable({ names, mapping, columns, onChange }: MappingTableProps) {
  const targets = [...columns.map(({ key }) => key), "source"];
  return (
    <table className="mapping">
      <caption className="sr">Columns of the file and their fields</caption>
      <tbody>
        {names.map((name) => {
          const target = mapping[name] ?? LEFT_OUT;
          return (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td className="t3" aria-hidden="true">
                →
              </td>
              <td>
                <select className="input input--small" aria-label={`Field for ${name}`} value={target} onChange={(event) => onChange(name, event.currentTarget.value)}>
                  <option value={LEFT_OUT}>leave out</option>
                  {!targets.includes(target) && target !== LEFT_OUT && <option>{target}</option>}
                  {targets.map((key) => (
                    <option key={key}>{key}</option>
                  ))}
                </select>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
