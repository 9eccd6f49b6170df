import { Outlet, useNavigate } from "@tanstack/react-router";
import { Suspense, lazy, useState } from "react";
import { Toaster } from "@/components/ui/toast";
import { SignInAgain } from "@/features/session/sign-in-again";
import { useShortcuts } from "@/lib/shortcuts";
import { useSessionEnded } from "@/services/session-ended";
import { PLACES } from "./places";
import { SideNav } from "./side-nav";
import { TopBar } from "./top-bar";

const CommandPalette = lazy(async () => ({ default: (await import("./command-palette")).CommandPalette }));
const KeyboardSheet = lazy(async () => ({ default: (await import("./keyboard-sheet")).KeyboardSheet }));

type Overlay = "palette" | "keys" | null;

export function AppShell() {
  const [overlay, setOverlay] = useState<Overlay>(null);
  const navigate = useNavigate();
  const hasEnded = useSessionEnded();
  const close = () => setOverlay(null);
  useShortcuts({
    "mod+k": () => setOverlay("palette"),
    "/": () => setOverlay("palette"),
    "?": () => setOverlay("keys"),
    ...Object.fromEntries(PLACES.map((place) => [`g ${place.key}`, () => void navigate({ to: place.to })])),
  });
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <div className="shell">
        <SideNav />
        <div>
          <TopBar onSearch={() => setOverlay("palette")} />
          <main id="main" className="page" tabIndex={-1}>
            <Outlet />
          </main>
        </div>
      </div>
      <Toaster />
      <Suspense>
        {overlay === "palette" && <CommandPalette onClose={close} onKeys={() => setOverlay("keys")} />}
        {overlay === "keys" && <KeyboardSheet onClose={close} />}
      </Suspense>
      {hasEnded && <SignInAgain />}
    </>
  );
}
