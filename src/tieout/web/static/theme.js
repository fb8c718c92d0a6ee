// Before anything is painted: the light or dark a person chose. Without a choice the system's setting holds (tieout.css).
(function () {
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.bsTheme = chosen;
  } catch {
    // Storage is switched off: the system's setting holds.
  }
})();
