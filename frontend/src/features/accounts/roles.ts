import type { Schemas } from "@/services/http";

type Role = Schemas["Role"];
type Scope = Schemas["Scope"];

export const ROLES: readonly { value: Role; may: string }[] = [
  { value: "user", may: "reads everything but keys, members and the audit log" },
  { value: "moderator", may: "also reviews what judges said" },
  { value: "editor", may: "also changes prompts, examples and judges, and runs experiments" },
  { value: "admin", may: "also moves protected labels, and sees keys, members and the audit log" },
];

export const SCOPES: readonly { value: Scope; may: string }[] = [
  { value: "read", may: "Read prompts, experiments and figures" },
  { value: "write", may: "Change prompts, examples, judges and gates" },
  { value: "run", may: "Run prompts and experiments: this costs money" },
  { value: "ci", may: "Marks the key of a build; give it read and run as well" },
  { value: "chat", may: "Marks the key of a chat for end users" },
  { value: "review", may: "Review what judges said" },
  { value: "admin", may: "Keys, members, protected labels, audit log" },
];
