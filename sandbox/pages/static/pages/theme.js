// Light or dark: the system's choice until somebody presses the button, and then theirs until they press it back.
// Runs before the first paint, so that no page flashes.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;

  const stored = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // Storage may be switched off; then the choice lasts for this page.
    }
  };

  const store = (theme) => {
    try {
      if (theme) localStorage.setItem("theme", theme);
      else localStorage.removeItem("theme");
    } catch {
      // See above.
    }
  };

  const systemTheme = () => (system.matches ? "dark" : "light");
  const theme = () => root.dataset.theme || systemTheme();
  const show = () => document.getElementById("theme-toggle")?.setAttribute("aria-pressed", String(theme() === "dark"));

  const choose = (chosen) => {
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
    else delete root.dataset.theme;
    show();
  };

  choose(stored());
  system.addEventListener("change", show);
  addEventListener("storage", (event) => event.key === "theme" && choose(event.newValue));
  addEventListener("DOMContentLoaded", () => {
    show();
    document.getElementById("theme-toggle").addEventListener("click", () => {
      const next = theme() === "dark" ? "light" : "dark";
      store(next === systemTheme() ? null : next);
      choose(next === systemTheme() ? null : next);
    });
  });
})();
