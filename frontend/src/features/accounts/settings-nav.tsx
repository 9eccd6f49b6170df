import { Link } from "@tanstack/react-router";
import { Bell, GitPullRequest, KeyRound, type LucideIcon, Plug, ScrollText, Server, Tag, User, Users, Wallet, Webhook } from "lucide-react";
import { SECTION_NAMES, type Section } from "./section-names";

const ICONS: Readonly<Record<Section, LucideIcon>> = {
  profile: User,
  "api-keys": KeyRound,
  providers: Plug,
  budgets: Wallet,
  members: Users,
  gates: Tag,
  ci: GitPullRequest,
  webhooks: Webhook,
  alerts: Bell,
  audit: ScrollText,
  system: Server,
};
const SECTIONS = Object.entries(ICONS).map(([key, icon]) => ({ key: key as Section, icon }));

export function SettingsNav() {
  return (
    <nav className="subnav" aria-label="Settings">
      {SECTIONS.map((section) => (
        <Link
          key={section.key}
          to="/settings/$section"
          params={{ section: section.key }}
          activeOptions={{ includeSearch: false }}
          activeProps={{ "aria-current": "page" }}
        >
          <section.icon className="icon" aria-hidden="true" />
          {SECTION_NAMES[section.key]}
        </Link>
      ))}
    </nav>
  );
}
