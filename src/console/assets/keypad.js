// A keypad as big as the screen allows; the field still takes any other keyboard.
const keys = document.querySelector("[data-keys]");
if (keys) {
  const field = document.getElementById(keys.dataset.keys);
  keys.hidden = false;
  // The phone's own keyboard would cover ours.
  if (matchMedia("(pointer: coarse)").matches) field.inputMode = "none";
  keys.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]")?.dataset.key;
    if (!key) return;
    const digits = field.value.replace(/\D/g, "");
    field.value = key === "back" ? digits.slice(0, -1) : (digits + key).slice(0, 14);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
