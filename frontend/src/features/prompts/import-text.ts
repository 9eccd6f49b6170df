import type { Message } from "./content";

export interface Imported {
  template?: string;
  messages?: Message[];
}

const ROLES = ["system", "user", "assistant"] as const;

function messageOf(value: unknown): Message | null {
  if (typeof value !== "object" || value === null) return null;
  const { role, content } = value as Record<string, unknown>;
  const known = ROLES.find((name) => name === role);
  return known && typeof content === "string" && content !== "" ? { role: known, content } : null;
}

/** A text file is a template; a JSON list of roles and contents, as other tools keep chats, is messages. */
export function importText(text: string): Imported {
  const clean = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  try {
    const parsed: unknown = JSON.parse(clean);
    const messages = Array.isArray(parsed) ? parsed.map(messageOf) : [];
    const known = messages.filter((message) => message !== null);
    if (known.length > 0 && known.length === messages.length) return { messages: known };
  } catch {
    // not JSON: a template
  }
  return { template: clean };
}

/** `Refund answer.j2` → `refund-answer`: what a prompt may be called. */
export function nameFrom(file: string): string {
  return file
    .replace(/\.[^.]*$/, "")
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+|-+$/g, "");
}
