import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleUser, Menu as MenuIcon, SunMoon } from "lucide-react";
import { useEffect, useState } from "react";
import { IconButton } from "@/components/ui/button";
import { QueueBadge } from "@/features/review/queue-badge";
import { meOptions, readyOptions } from "@/features/session/api";
import { THEMES, setTheme, useTheme } from "@/lib/theme";
import { Logo } from "./logo";
import { PLACES } from "./places";

const HEALTH = { ok: "All systems ready", degraded: "Working, with trouble", down: "Not working" } as const;

/** Asked for only when the page has had its own answers. */
function useAfterPaint(): boolean {
  const [isAfter, setAfter] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setAfter(true), 1_500);
    return () => clearTimeout(timer);
  }, []);
  return isAfter;
}

function Health() {
  const ready = useQuery({ ...readyOptions, enabled: useAfterPaint() });
  const status = ready.isError ? "down" : (ready.data?.status ?? null);
  return (
    <Link to="/settings/$section" params={{ section: "system" }}>
      <span className={`health health--${status ?? "unknown"}`} aria-hidden="true" />
      {status ? HEALTH[status] : "Checking the systems"}
    </Link>
  );
}

export function ThemeButton() {
  const theme = useTheme();
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  return (
    <button type="button" className="nav__button" onClick={() => setTheme(next)}>
      <SunMoon className="icon" aria-hidden="true" />
      Theme: {theme}
    </button>
  );
}

function Account() {
  const me = useQuery(meOptions);
  return (
    <Link to="/settings/$section" params={{ section: "profile" }}>
      <CircleUser className="icon" aria-hidden="true" />
      <span className="cut">{me.data?.user ?? me.data?.subject ?? "Account"}</span>
    </Link>
  );
}

export function SideNav() {
  const [isOpen, setOpen] = useState(false);
  return (
    <header className={isOpen ? "nav nav--open" : "nav"}>
      <Link to="/" className="brand" aria-label="llmops, dashboard">
        <Logo />
      </Link>
      <IconButton
        label={isOpen ? "Close menu" : "Open menu"}
        kind="quiet"
        className="only-narrow"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <MenuIcon className="icon" aria-hidden="true" />
      </IconButton>
      <nav aria-label="Main">
        <ul>
          {PLACES.map((place) => (
            <li key={place.to}>
              <Link
                to={place.to}
                activeOptions={{ exact: place.to === "/", includeSearch: false }}
                activeProps={{ "aria-current": "page" }}
                preload="intent"
                onClick={() => setOpen(false)}
              >
                <place.icon className="icon" aria-hidden="true" />
                {place.name}
                {place.to === "/evaluations" && <QueueBadge />}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="nav__foot">
        <Health />
        <ThemeButton />
        <Account />
      </div>
    </header>
  );
}
