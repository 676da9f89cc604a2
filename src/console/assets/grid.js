// Sales sheet: keyboard navigation, paste from spreadsheets, saves each cell separately and shows its state.
const sheet = document.querySelector("[data-sheet]");
if (sheet) {
  const cells = [...sheet.querySelectorAll("input[data-booth]")];
  const rows = [...sheet.querySelectorAll("tbody tr")].map((row) =>
    [...row.querySelectorAll("td")].slice(0, -1).map((td) => td.querySelector("input")),
  );
  const status = document.getElementById("sheet-status");
  const digits = (text) => text.replace(/[^\d]/g, "");
  const groupDigits = (text) => digits(text).replace(/^0+(?=\d)/, "").replace(/\B(?=(\d{3})+(?!\d))/g, ".");
  let reason = "";
  let saved = 0;
  const setState = (cell, state) => (cell.closest("td").className = `num ${state}`);

  const save = async (cell) => {
    const entered = digits(cell.value);
    if (entered === digits(cell.dataset.was)) return setState(cell, "");
    if (entered === "") {
      cell.value = cell.dataset.was;
      return setState(cell, "");
    }
    const body = { amount: Number(entered), ocop_amount: Math.min(Number(cell.dataset.ocop || 0), Number(entered)) };
    if (cell.dataset.was !== "") {
      // Changing a reported amount requires a reason; prompted once per page view.
      reason ||= prompt(sheet.dataset.reason) ?? "";
      if (!reason) {
        cell.value = cell.dataset.was;
        return setState(cell, "");
      }
      body.reason = reason;
    }
    setState(cell, "saving");
    const response = await fetch(`/api/v1/booths/${cell.dataset.booth}/sales-reports/${cell.dataset.day}`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }).catch(() => null);
    if (response?.ok) {
      cell.dataset.was = groupDigits(entered);
      cell.value = cell.dataset.was;
      saved += 1;
      setState(cell, "saved");
    } else {
      const problem = await response?.json().catch(() => null);
      cell.title = problem?.errors?.[0]?.detail ?? problem?.detail ?? "";
      setState(cell, "failed");
    }
    const failed = sheet.querySelectorAll(".failed").length;
    status.textContent = failed
      ? `${sheet.dataset.failed.replace("{n}", failed)} ${cell.title}`
      : sheet.dataset.saved.replace("{n}", saved);
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
    for (const [dy, line] of block.entries()) {
      for (const [dx, value] of line.entries()) {
        const cell = rows[y + dy]?.[x + dx];
        if (!cell || !digits(value)) continue;
        // Excel formats: 8500000, 8.500.000 or 8,500,000.00. Two digits after the last separator are decimals.
        cell.value = groupDigits(value.replace(/[.,]\d{2}$/, ""));
        await save(cell);
      }
    }
  });
  // Warn before leaving with unsaved cells.
  addEventListener("beforeunload", (event) => {
    if (cells.some((cell) => cell.closest("td").matches(".saving, .failed"))) event.preventDefault();
  });
}
