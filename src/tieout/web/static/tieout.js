// The interactive edges of the pages. Every one of them works without this file, only less conveniently.
"use strict";

// Light and dark -----------------------------------------------------------------------------------------------
const dark = matchMedia("(prefers-color-scheme: dark)");
for (const button of document.querySelectorAll("[data-theme-toggle]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const now = document.documentElement.dataset.bsTheme || (dark.matches ? "dark" : "light");
    const next = now === "dark" ? "light" : "dark";
    document.documentElement.dataset.bsTheme = next;
    try {
      localStorage.setItem("theme", next);
    } catch {
      // Holds for this page only.
    }
  });
}

// Menus made of <details>: Escape and a click elsewhere close them -----------------------------------------------
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.account[open], details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest && event.target.closest("details[open].account, details[open].menu");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Connecting to QuickBooks in a pop-up --------------------------------------------------------------------------
// The link is real: when the pop-up is blocked, it simply opens in this tab.
document.addEventListener("click", (event) => {
  const link = event.target.closest && event.target.closest("a[data-popup]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const popup = window.open(link.dataset.popup, "tieout-quickbooks", "popup,width=720,height=780");
  if (!popup) return;
  event.preventDefault();
  popup.focus();
  const waiting = document.querySelector("[data-popup-waiting]");
  if (waiting) waiting.hidden = false;
});
window.addEventListener("message", (event) => {
  if (event.origin !== location.origin || !event.data || event.data.tieout !== "quickbooks") return;
  const after = document.querySelector("[data-popup-after]");
  if (after) location.assign(event.data.ok ? after.dataset.popupAfter : location.href);
});
const landing = document.querySelector("[data-popup-landing]");
if (landing && window.opener) {
  window.opener.postMessage({ tieout: "quickbooks", ok: landing.dataset.popupLanding === "ok" }, location.origin);
  if (landing.dataset.popupLanding === "ok") window.close();
}

// Progress: a quarter at a time is said aloud; the bar itself is replaced every second ----------------------------
document.addEventListener("htmx:afterSwap", () => {
  const bar = document.querySelector("[data-said]");
  const voice = document.querySelector("[data-say]");
  if (bar && voice && voice.textContent !== bar.dataset.said) voice.textContent = bar.dataset.said;
});
