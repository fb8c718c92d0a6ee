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

// Lists to work through: select all, and how many are ticked, said aloud -------------------------------------------
function picks(rows) {
  return [...rows.querySelectorAll("tbody input[type=checkbox][id^='pick-']")];
}
function count(rows) {
  const all = rows.querySelector("[data-select-all]");
  const ticked = picks(rows).filter((box) => box.checked).length;
  if (all) {
    all.hidden = false;
    all.checked = ticked > 0 && ticked === picks(rows).length;
    all.indeterminate = ticked > 0 && !all.checked;
  }
  const voice = rows.querySelector("[data-selected]");
  if (voice) voice.closest(".bulk").classList.toggle("some", ticked > 0);
  if (voice) voice.textContent = ticked ? `${ticked} of ${picks(rows).length} selected:` : "With the ticked rows:";
}
function ready() {
  for (const rows of document.querySelectorAll("[data-rows]")) count(rows);
  for (const button of document.querySelectorAll("[data-keys-help], [data-print], [data-copy], [data-copy-text]")) button.hidden = false;
}
document.addEventListener("change", (event) => {
  const rows = event.target.closest && event.target.closest("[data-rows]");
  if (!rows || event.target.type !== "checkbox") return;
  if (event.target.matches("[data-select-all]")) {
    for (const box of picks(rows)) box.checked = event.target.checked;
  }
  count(rows);
});
document.addEventListener("click", (event) => {
  if (event.target.closest && event.target.closest("[data-print]")) window.print();
});
document.addEventListener("click", async (event) => {
  const button = event.target.closest && event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  const said = button.parentElement.querySelector("[data-copied]");
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    said.textContent = "Copied.";
  } catch {
    said.textContent = "It is selected: copy it with your keyboard.";
  }
});
document.addEventListener("click", async (event) => {
  const button = event.target.closest && event.target.closest("[data-copy-text]");
  if (!button) return;
  const said = button.parentElement.querySelector("[data-copied]");
  try {
    await navigator.clipboard.writeText(button.dataset.copyText);
    said.textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren(button.parentElement.querySelector("code"));
    said.textContent = "It is selected: copy it with your keyboard.";
  }
});
document.addEventListener("DOMContentLoaded", ready);
document.addEventListener("htmx:afterSettle", (event) => {
  ready();
  const opened = event.target.querySelector && event.target.querySelector("[data-focus-me]");
  if (opened) opened.focus();
});

// Alt with a digit goes to a step of the set-up. Not a single key, so it has no off switch. --------------------------
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !/^Digit[1-4]$/.test(event.code)) return;
  const step = document.querySelector(`a[data-step="${event.code.slice(-1)}"]`);
  if (!step) return;
  event.preventDefault();
  step.click();
});

// A decision redraws its list: the place one stood at is kept, or the row that took it ------------------------------
let stoodAt = -1;
function allRows() {
  return [...document.querySelectorAll("[data-row]")];
}
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches && event.target.matches("form[id^='decide-']")) {
    stoodAt = allRows().findIndex((row) => row.contains(document.activeElement));
  }
});
document.addEventListener("htmx:afterSettle", () => {
  if (stoodAt < 0) return;
  const rows = allRows();
  if (rows.length) stand(rows[Math.min(stoodAt, rows.length - 1)]);
  stoodAt = -1;
});

// A row's button that is pressed while the list is redrawn for the one before: pressed as soon as it is there again.
const underWay = new Set();
const pressedMeanwhile = [];
document.addEventListener(
  "submit",
  (event) => {
    const button = event.submitter;
    if (!underWay.has(event.target.id) || !button || button.name !== "one") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    pressedMeanwhile.push({ form: event.target.id, value: button.value });
  },
  true,
);
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches && event.target.matches("form[id^='decide-']")) underWay.add(event.target.id);
});
document.addEventListener("htmx:afterRequest", (event) => underWay.delete(event.detail.elt.id));
document.addEventListener("htmx:afterSettle", () => {
  if (!pressedMeanwhile.length || underWay.size) return;
  const { form, value } = pressedMeanwhile.shift();
  document.querySelector(`[form="${form}"][name="one"][value="${CSS.escape(value)}"]`)?.click();
});

// A row that a colleague decided about is drawn anew in its place: who stands on it goes on standing there.
let stoodOn = "";
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const row = event.detail.target;
  if (row.matches("[data-row]") && row.contains(document.activeElement)) stoodOn = row.id;
});
document.addEventListener("htmx:oobAfterSwap", () => {
  const row = stoodOn && document.getElementById(stoodOn);
  if (!row || row.contains(document.activeElement)) return;
  stoodOn = "";
  stand(row);
});

// Single keys, with an off switch ------------------------------------------------------------------------------------
const keys = document.querySelector("[data-keys]");
function keysOn() {
  try {
    return localStorage.getItem("keys") !== "off";
  } catch {
    return true;
  }
}
function stand(row) {
  row.tabIndex = -1;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}
function step(by) {
  const rows = allRows();
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  stand(rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + by))]);
}
let lastTicked = -1;
function tick(through) {
  const rows = allRows();
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  if (at < 0) return;
  const from = through && lastTicked >= 0 ? Math.min(at, lastTicked) : at;
  const to = through && lastTicked >= 0 ? Math.max(at, lastTicked) : at;
  for (const row of rows.slice(from, to + 1)) {
    const box = row.querySelector("input[type=checkbox][id^='pick-']");
    if (!box) continue;
    box.checked = through ? true : !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
  lastTicked = at;
}
function tickAll() {
  const here = document.activeElement.closest("[data-rows]") || document.querySelector("[data-rows]");
  here?.querySelector("[data-select-all]")?.click();
}
// m, n and e are about the ticked rows together when there are any, else about the row one stands on.
function deciding(key) {
  const ticked = [...document.querySelectorAll("[data-rows]")].find((rows) => picks(rows).some((box) => box.checked));
  if (ticked) return ticked.querySelector(`[data-bulk-key="${key}"]`);
  return document.activeElement.closest("[data-row]")?.querySelector(`[data-key="${key}"]`);
}
const KEYS = {
  "/": () => document.querySelector("main input[type=search]")?.focus(),
  j: () => step(1),
  k: () => step(-1),
  x: () => tick(false),
  X: () => tick(true),
  a: () => tickAll(),
  p: () => document.querySelector("[data-key-plan]")?.click(),
  u: () => document.querySelector("[data-key-undo]")?.click(),
  "?": () => keys.showModal(),
};
if (keys) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open || !keysOn()) return;
    if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select")) return;
    const button = /^[mne]$/.test(event.key)
      ? deciding(event.key)
      : /^[1-4]$/.test(event.key)
        ? document.querySelectorAll("#review-nav a:not(.btn)")[event.key - 1]
        : event.key === "o"
          ? document.querySelector('[data-key="o"]')
          : null;
    const act = KEYS[event.key] || (button && (() => button.click()));
    if (!act) return;
    event.preventDefault();
    act();
  });
  const on = keys.querySelector("[data-keys-on]");
  on.checked = keysOn();
  on.addEventListener("change", () => {
    try {
      localStorage.setItem("keys", on.checked ? "on" : "off");
    } catch {
      // Holds until the page is left.
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest && event.target.closest("[data-keys-help]")) keys.showModal();
  });
}
