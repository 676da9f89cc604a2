// On-screen numeric keypad. The field still accepts a physical keyboard.
const keys = document.querySelector("[data-keys]");
if (keys) {
  const field = document.getElementById(keys.dataset.keys);
  keys.hidden = false;
  // Suppress the virtual keyboard, which would cover the keypad.
  if (matchMedia("(pointer: coarse)").matches) field.inputMode = "none";
  keys.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]")?.dataset.key;
    if (!key) return;
    const digits = field.value.replace(/\D/g, "");
    field.value = key === "back" ? digits.slice(0, -1) : (digits + key).slice(0, 14);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
