/** The sections of the settings, by the word in the address. */
export const SECTION_NAMES = {
  profile: "Profile",
  "api-keys": "API keys",
  providers: "Providers, models",
  budgets: "Budgets, prices",
  members: "Members, roles",
  gates: "Labels, gates",
  ci: "CI",
  webhooks: "Webhooks",
  alerts: "Alerts",
  audit: "Audit log",
  system: "System",
} as const;

export type Section = keyof typeof SECTION_NAMES;

export const isSection = (word: string): word is Section => Object.hasOwn(SECTION_NAMES, word);

export const sectionName = (word: string): string => (isSection(word) ? SECTION_NAMES[word] : word);
