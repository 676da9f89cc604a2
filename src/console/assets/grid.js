// Sales sheet: keyboard navigation, paste from spreadsheets, saves each cell separately and shows its state.
import { parseTyped } from "./typed-values.js";

const sheet = document.querySelector("[data-sheet]");
if (sheet) {
  const cells = [...sheet.querySelectorAll("input[data-booth]")];
  const rows = [...sheet.querySelectorAll("tbody tr")].map((row) =>
    [...row.querySelectorAll("td")].slice(0, -1).map((td) => td.querySelector("input")),
  );
  const status = document.getElementById("sheet-status");
  const separator = document.documentElement.lang === "en" ? "," : ".";
  const groupDigits = (number) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, separator);
  let reason = "";
  let saved = 0;
  const setState = (cell, state) => (cell.closest("td").className = `num ${state}`);
  const fail = (cell, message) => {
    cell.title = message ?? "";
    setState(cell, "failed");
    showStatus(cell);
  };
  const showStatus = (cell) => {
    const failed = sheet.querySelectorAll(".failed").length;
    status.textContent = failed
      ? `${sheet.dataset.failed.replace("{n}", failed)} ${cell.getAttribute("aria-label")}: ${cell.title}`
      : sheet.dataset.saved.replace("{n}", saved);
  };
  const restore = (cell) => {
    cell.value = cell.dataset.was;
    setState(cell, "");
  };

  // Saves what the server understood. An unusual amount is asked about before it is saved.
  const put = (cell, body) =>
    fetch(`/api/v1/booths/${cell.dataset.booth}/sales-reports/${cell.dataset.day}`, {
      method: "PUT",
      headers: { "content-type": "application/json", "accept-language": document.documentElement.lang },
      body: JSON.stringify(body),
    }).catch(() => null);
  const saveItem = async (cell, item) => {
    if (!item) return fail(cell);
    if (item.error) return fail(cell, item.error);
    const amount = item.value;
    if (String(amount) === cell.dataset.amount) return restore(cell);
    const body = { amount, ocop_amount: Math.max(0, Math.min(Number(cell.dataset.ocop || 0), amount)), only_usual: true };
    if (cell.dataset.was !== "") {
      // Changing a reported amount requires a reason; prompted once per page view.
      reason ||= prompt(sheet.dataset.reason) ?? "";
      if (!reason) return restore(cell);
      body.reason = reason;
    }
    setState(cell, "saving");
    let response = await put(cell, body);
    let problem = response?.ok ? null : await response?.json().catch(() => null);
    const unusual = problem?.errors?.find((error) => error.code === "unusual");
    if (unusual && problem.errors.length === 1) {
      if (!confirm(`${cell.getAttribute("aria-label")}: ${unusual.detail}`)) return restore(cell);
      response = await put(cell, { ...body, only_usual: false });
      problem = response?.ok ? null : await response?.json().catch(() => null);
    }
    if (!response?.ok) return fail(cell, problem?.errors?.[0]?.detail ?? problem?.detail);
    cell.dataset.amount = String(amount);
    cell.dataset.was = groupDigits(amount);
    cell.value = cell.dataset.was;
    cell.title = item.text;
    saved += 1;
    setState(cell, "saved");
    showStatus(cell);
  };
  const save = async (cell) => {
    if (cell.value.trim() === "" || cell.value === cell.dataset.was) return restore(cell);
    setState(cell, "saving");
    await saveItem(cell, (await parseTyped("money", [cell.value]))?.[0]);
  };

  const position = (cell) => {
    for (const [y, row] of rows.entries()) {
      const x = row.indexOf(cell);
      if (x >= 0) return [x, y];
    }
    return [-1, -1];
  };
  const moveFocus = (cell, dx, dy) => {
    const [x, y] = position(cell);
    const next = rows[y + dy]?.[x + dx];
    next?.focus();
    next?.select();
  };
  sheet.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!cell.matches("input[data-booth]")) return;
    const steps = { Enter: [0, event.shiftKey ? -1 : 1], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    if (event.key === "ArrowLeft" && cell.selectionStart === 0 && cell.selectionEnd === cell.value.length) steps.ArrowLeft = [-1, 0];
    if (event.key === "ArrowRight" && cell.selectionEnd === cell.value.length) steps.ArrowRight = [1, 0];
    if (event.key === "Escape") cell.value = cell.dataset.was;
    if (!steps[event.key]) return;
    event.preventDefault();
    moveFocus(cell, ...steps[event.key]);
  });
  sheet.addEventListener("focusin", (event) => event.target.matches("input[data-booth]") && event.target.select());
  sheet.addEventListener("change", (event) => event.target.matches("input[data-booth]") && save(event.target));
  sheet.addEventListener("paste", async (event) => {
    const text = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "");
    if (!event.target.matches("input[data-booth]") || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const [x, y] = position(event.target);
    const block = text.split(/\r?\n/).map((line) => line.split("\t"));
    const pasted = block.flatMap((line, dy) => line.map((value, dx) => ({ cell: rows[y + dy]?.[x + dx], value: value.trim() })));
    const filled = pasted.filter(({ cell, value }) => cell && value);
    for (const { cell, value } of filled) {
      cell.value = value;
      setState(cell, "saving");
    }
    // All at once: the values are one column for decimal commas and points.
    const items = filled.length ? await parseTyped("money", filled.map(({ value }) => value)) : [];
    for (const [n, { cell }] of filled.entries()) await saveItem(cell, items?.[n]);
  });
  // Warn before leaving with unsaved cells.
  addEventListener("beforeunload", (event) => {
    if (cells.some((cell) => cell.closest("td").matches(".saving, .failed"))) event.preventDefault();
  });
}
