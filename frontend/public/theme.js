// Before the first paint: the theme somebody chose, or none, and then the system's is followed.
try {
  const theme = localStorage.getItem("llmops.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // storage may be closed; the system's theme is right then
}
