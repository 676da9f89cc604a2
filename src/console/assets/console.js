// Progressive enhancement for all pages; every page also works without it.
import { parseTyped } from "./typed-values.js";

// Fill the token from the URL fragment of an email link into the form. Fragments are never sent to the server.
const tokenField = document.querySelector("[data-from-hash]");
const hash = decodeURIComponent(location.hash.slice(1));
if (tokenField && !tokenField.value) {
  tokenField.value = hash || sessionStorage.getItem("token") || "";
  sessionStorage.removeItem("token");
}
if (document.querySelector("[data-keep-hash]") && hash) sessionStorage.setItem("token", hash);

// Scroll the current tab into view on narrow screens.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

// Ask the question of a form that cannot be undone. Without this script the server asks it on a page.
document.addEventListener("submit", (event) => {
  if (event.submitter?.name !== "_ask") return;
  const form = event.target;
  if (!confirm(event.submitter.value)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  } else if (!form.querySelector("[name=_confirmed]")) {
    const confirmed = document.createElement("input");
    Object.assign(confirmed, { type: "hidden", name: "_confirmed", value: "yes" });
    form.append(confirmed);
  }
}, true);

// Prevent double submission for 8 seconds.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 8000);
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));


// Show under a number field what was understood. Only the response to the latest input counts.
let latestInput = 0;
const showUnderstood = async (field) => {
  const place = document.getElementById(`u-${field.id}`);
  const input = ++latestInput;
  if (!place) return;
  const item = field.value.trim() && (await parseTyped(field.dataset.quantity, [field.value]))?.[0];
  if (input !== latestInput) return;
  const text = document.createElement("span");
  text.className = item?.error ? "fault" : "hint";
  text.textContent = item ? (item.error ?? `= ${item.text}`) : "";
  place.replaceChildren(text);
  field.toggleAttribute("aria-invalid", Boolean(item?.error));
};
let inputTimer;
document.addEventListener("input", (event) => {
  if (!event.target.matches("input[data-quantity]")) return;
  clearTimeout(inputTimer);
  inputTimer = setTimeout(() => showUnderstood(event.target), 250);
});

// Close open menus on a click outside.
document.addEventListener("click", (event) => {
  document.querySelectorAll(".bar details[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

// Select-all checkbox.
document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-all]");
  if (all) document.querySelectorAll(`input[name="${all.dataset.all}"]`).forEach((checkbox) => (checkbox.checked = all.checked));
});

// Add a row to a form list by cloning the last row; dates advance by one day.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-more]");
  if (!button) return;
  const rows = document.querySelectorAll(button.dataset.more);
  const last = rows[rows.length - 1];
  const next = last.cloneNode(true);
  const number = Number(last.dataset.line) + 1;
  next.dataset.line = number;
  next.querySelectorAll("[name]").forEach((field) => {
    const oldId = field.id;
    field.name = field.name.replace(/\.?\b\d+\b/, (n) => n.replace(/\d+/, number));
    if (oldId) {
      field.id = `${oldId}-${number}`;
      next.querySelector(`label[for="${oldId}"]`)?.setAttribute("for", field.id);
    }
    if (field.type === "date" && field.value) {
      const day = new Date(`${field.value}T00:00:00Z`);
      day.setUTCDate(day.getUTCDate() + 1);
      field.value = day.toISOString().slice(0, 10);
    } else if (field.dataset.keep === undefined && field.type !== "time" && field.tagName !== "SELECT") field.value = "";
  });
  last.after(next);
  next.querySelector("input, select")?.focus();
});
