/** Readers for the address: whatever stands there, each returns a value or undefined and never throws. */

export type RawSearch = Record<string, unknown>;

/** An address holds words and numbers; whatever else was handed in (a list, an object) says nothing here. */
const written = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : undefined;

export const text = (raw: RawSearch, key: string): string | undefined => written(raw[key]);

export function whole(raw: RawSearch, key: string, least = 0): number | undefined {
  const value = Number(written(raw[key]));
  return Number.isInteger(value) && value >= least ? value : undefined;
}

export function oneOf<T extends string>(raw: RawSearch, key: string, allowed: readonly T[]): T | undefined {
  return allowed.find((candidate) => candidate === raw[key]);
}

export function flag(raw: RawSearch, key: string): true | undefined {
  return raw[key] === true || raw[key] === "true" || raw[key] === 1 ? true : undefined;
}

/** Several values, written with commas between: `with=42,43`. */
export function several(raw: RawSearch, key: string): string[] | undefined {
  const value = raw[key];
  const parts = Array.isArray(value) ? value.map(written) : written(value)?.split(",");
  const kept = parts?.flatMap((part) => part?.trim() || []) ?? [];
  return kept.length > 0 ? kept : undefined;
}

/** An address people can read and type: values as they are, several with commas. */
export function stringifySearch(search: RawSearch): string {
  const address = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (value === undefined || value === null || value === "") continue;
    address.set(key, Array.isArray(value) ? value.join(",") : String(value));
  }
  const text = address.toString().replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%2F", "/").replaceAll("%40", "@");
  return text && `?${text}`;
}

export const parseSearch = (text: string): RawSearch => Object.fromEntries(new URLSearchParams(text));
