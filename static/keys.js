// Keys for people who prefer them: ? shows them, / goes to the search, j and k move in a list,
// x chooses a row. They can be turned off, and are not heard while one types. Pages need none.
"use strict";

(() => {
  const OFF = "pactwatch-keys-off";
  const dialog = document.getElementById("keys");
  const opener = document.getElementById("keys-open");
  if (!dialog || !opener) return;

  const isOff = () => {
    try { return localStorage.getItem(OFF) === "1"; } catch { return false; }
  };
  const typing = (node) => node.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(node.tagName)
    && !/^(checkbox|radio|button|submit)$/.test(node.type);

  const rows = () => [...document.querySelectorAll("[data-rows] tbody tr")];
  const move = (step) => {
    const found = rows();
    if (!found.length) return;
    const at = found.indexOf(document.activeElement.closest("[data-rows] tbody tr"));
    const next = found[at < 0 ? (step > 0 ? 0 : found.length - 1) : at + step];
    if (next) next.querySelector("th a, a, input").focus();
  };
  const choose = () => {
    const row = document.activeElement.closest("[data-rows] tbody tr");
    const box = row && row.querySelector("input[type=checkbox]");
    if (box) box.click();
  };
  const heard = {
    "?": () => dialog.showModal(),
    "/": () => document.getElementById("search").focus(),
    j: () => move(1),
    k: () => move(-1),
    x: choose,
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    if (isOff() || typing(event.target) || !Object.hasOwn(heard, event.key)) return;
    event.preventDefault();
    heard[event.key]();
  });

  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
  document.getElementById("keys-close").addEventListener("click", () => dialog.close());
  const box = document.getElementById("keys-on");
  box.checked = !isOff();
  box.addEventListener("change", () => {
    try { localStorage.setItem(OFF, box.checked ? "0" : "1"); } catch { /* kept for this page */ }
  });
})();
