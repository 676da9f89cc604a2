// Small comforts on every page; without them everything still works.

// The token of a mail's link is behind a "#", which no server sees; put it where it belongs.
const fromHash = document.querySelector("[data-from-hash]");
const hash = decodeURIComponent(location.hash.slice(1));
if (fromHash && !fromHash.value) {
  fromHash.value = hash || sessionStorage.getItem("token") || "";
  sessionStorage.removeItem("token");
}
if (document.querySelector("[data-keep-hash]") && hash) sessionStorage.setItem("token", hash);

// On a phone the tab of this page is brought into sight.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

// A form is sent once, however often its button is hit.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 8000);
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

// What cannot be undone is asked for twice.
document.addEventListener("click", (event) => {
  const asked = event.target.closest("[data-ask]");
  if (asked && !confirm(asked.dataset.ask)) event.preventDefault();
});

// Amounts are grouped while they are typed.
const group = (text) => text.replace(/\D/g, "").replace(/^0+(?=\d)/, "").replace(/\B(?=(\d{3})+(?!\d))/g, ".");
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-amount]")) event.target.value = group(event.target.value);
});

// Only one menu is open, and it closes when one looks elsewhere.
document.addEventListener("click", (event) => {
  document.querySelectorAll(".bar details[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

// A box that ticks all of its list.
document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-all]");
  if (all) document.querySelectorAll(`input[name="${all.dataset.all}"]`).forEach((box) => (box.checked = all.checked));
});

// One more line of a list, made of the last one.
document.addEventListener("click", (event) => {
  const more = event.target.closest("[data-more]");
  if (!more) return;
  const lines = document.querySelectorAll(more.dataset.more);
  const last = lines[lines.length - 1];
  const next = last.cloneNode(true);
  const number = Number(last.dataset.line) + 1;
  next.dataset.line = number;
  next.querySelectorAll("[name]").forEach((field) => {
    const old = field.id;
    field.name = field.name.replace(/\.?\b\d+\b/, (n) => n.replace(/\d+/, number));
    if (old) {
      field.id = `${old}-${number}`;
      next.querySelector(`label[for="${old}"]`)?.setAttribute("for", field.id);
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
