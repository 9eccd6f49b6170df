import { ChartLine, FileText, FlaskConical, LayoutDashboard, Play, Scale, Settings } from "lucide-react";

/** The one-level navigation; `key` follows `g`. */
export const PLACES = [
  { to: "/", name: "Dashboard", key: "d", icon: LayoutDashboard },
  { to: "/prompts", name: "Prompts", key: "p", icon: FileText },
  { to: "/experiments", name: "Experiments", key: "e", icon: FlaskConical },
  { to: "/playground", name: "Playground", key: "y", icon: Play },
  { to: "/evaluations", name: "Evaluations", key: "r", icon: Scale },
  { to: "/analytics", name: "Analytics", key: "a", icon: ChartLine },
  { to: "/settings", name: "Settings", key: "s", icon: Settings },
] as const;
