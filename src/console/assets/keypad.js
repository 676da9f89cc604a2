// On-screen numeric keypad. The field still accepts a physical keyboard.
const keys = document.querySelector("[data-keys]");
if (keys) {
  const field = document.getElementById(keys.dataset.keys);
  keys.hidden = false;
  // Suppress the virtual keyboard, which would cover the keypad.
  if (matchMedia("(pointer: coarse)").matches) field.inputMode = "none";
  // Digits are appended to what was entered here. A figure that the page showed, or text that is no plain number, is replaced.
  let isEntered = false;
  field.addEventListener("input", (event) => {
    if (event.isTrusted) isEntered = /^\d{1,3}([.,]?\d{3})*$/.test(field.value.trim());
  });
  keys.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]")?.dataset.key;
    if (!key) return;
    const digits = isEntered ? field.value.replace(/[.,]/g, "").trim() : "";
    const entered = key === "back" ? digits.slice(0, -1) : (digits + key).slice(0, 13);
    field.value = entered.replace(/^0+(?=\d)/, "").replace(/\B(?=(\d{3})+(?!\d))/g, ".");
    isEntered = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
