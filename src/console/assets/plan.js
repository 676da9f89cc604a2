// Interactive floor plan. All changes are form submissions; this script submits them with fetch, replaces the updated
// parts of the page, converts drag and drop to the same submissions, and has an undo stack.
import { panZoom } from "./plan-view.js";
import { subscribe } from "./live.js";

const plan = document.querySelector(".plan[data-work]");
if (plan) start();

function start() {
  const gestures = panZoom(plan);
  const { edition, colour } = plan.dataset;
  const canManage = plan.dataset.can === "true";
  const here = `/manage/${edition}/plan`;
  const undo = document.querySelector("[data-undo]");
  const undoStack = [];
  let selected = new URLSearchParams(location.search).get("booth");
  let application = document.querySelector("#queue [aria-pressed=true]")?.dataset.application ?? null;
  const booths = () => plan.querySelectorAll(".booth[id]");
  const byId = (id) => document.getElementById(`b-${id}`);
  const idOf = (booth) => booth.id.slice(2);

  const showSelection = () => {
    booths().forEach((b) => (idOf(b) === selected ? b.setAttribute("aria-current", "true") : b.removeAttribute("aria-current")));
    document
      .querySelectorAll("#queue [data-application]")
      .forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.application === application)));
  };
  // Replaces the dynamic parts with those of a newly rendered page. Returns false if it has an error note.
  const replaceParts = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const id of ["panel", "queue", "legend", "announcements"]) {
      const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
      const editing = old?.contains(document.activeElement) && document.activeElement.matches("input, select");
      if (old && fresh && !(id === "panel" && editing)) old.replaceChildren(...fresh.childNodes);
    }
    document.querySelectorAll("main > .note").forEach((note) => note.remove());
    page.querySelectorAll("main > .note").forEach((note) => document.querySelector("main").prepend(note));
    for (const fresh of page.querySelectorAll(".plan .booth[id]")) {
      const old = document.getElementById(fresh.id);
      if (!old) continue;
      if (old.outerHTML !== fresh.outerHTML) old.replaceWith(document.importNode(fresh, true));
    }
    filter();
    showSelection();
    return !page.querySelector("main > .note.bad");
  };
  const currentUrl = () => {
    const booth = selected ? `&booth=${selected}` : "";
    return `${here}?colour=${colour}${booth}${application ? `&application=${application}` : ""}`;
  };
  // Number of the latest request. A response to an earlier one is ignored, because it would show an older state.
  let latestRequest = 0;
  const refresh = async () => {
    const request = ++latestRequest;
    const response = await fetch(currentUrl()).catch(() => null);
    const html = response?.ok && (await response.text());
    if (html && request === latestRequest) replaceParts(html);
  };
  const showFailure = () => {
    document.querySelectorAll("main > .note").forEach((note) => note.remove());
    const note = document.createElement("p");
    note.className = "note bad";
    note.role = "alert";
    note.textContent = plan.dataset.failed;
    document.querySelector("main").prepend(note);
    return false;
  };
  // Submits a form. The response is the page itself, after the redirect, with any errors.
  const send = async (action, fields) => {
    const body = new URLSearchParams([...fields, ["_back", currentUrl()]]);
    const response = await fetch(`/form/${action}`, { method: "POST", body }).catch(() => null);
    if (!response?.ok) return showFailure();
    const html = await response.text();
    latestRequest += 1;
    return replaceParts(html);
  };
  const pushUndo = (step) => {
    undoStack.push(step);
    undo.hidden = !canManage;
  };
  undo?.addEventListener("click", async () => {
    const step = undoStack.pop();
    undo.hidden = !undoStack.length;
    if (step) await step();
  });

  const allocationOn = (booth) => byId(booth)?.dataset.allocation;
  const hold = async (applicant, booth) => {
    const ok = await send(`editions/${edition}/allocations`, [["application", applicant], ["booths", booth]]);
    return ok && allocationOn(booth);
  };
  const step = (allocation, name, fields = []) => send(`allocations/${allocation}/${name}`, fields);
  const release = async (booth, fields) => {
    const before = { ...byId(booth).dataset };
    if (!(await step(before.allocation, "release", fields))) return false;
    pushUndo(async () => {
      const again = await hold(before.application, booth);
      const steps = {
        offered: ["offer"],
        confirmed: ["offer", "confirm"],
        checked_in: ["offer", "confirm", "check-in"],
      };
      for (const next of steps[before.state] ?? []) if (again) await step(again, next);
    });
    return true;
  };
  // Releases what was held a moment ago: there is nothing to ask.
  const releaseAgain = (allocation) => step(allocation, "release", [["_confirmed", "yes"]]);
  const allocate = async (applicant, booth) => {
    const allocation = await hold(applicant, booth);
    if (allocation) pushUndo(() => releaseAgain(allocation));
  };
  const swap = async (one, other, fields = []) => {
    const swapBooths = () => send(`editions/${edition}/allocations/swap`, [["one", one], ["other", other], ...fields]);
    if (await swapBooths()) pushUndo(swapBooths);
  };

  // Fields of the forms of swaps and moves that a drag leaves out.
  const isOption = ([name, entered]) => entered && (name === "from_day" || name === "eligibility_waiver");
  const move = async (from, to, fields = []) => {
    const allocation = allocationOn(from);
    const moveTo = (booth) => send(`allocations/${allocation}/move`, [["booth", booth], ...fields]);
    selected = to;
    if (await moveTo(to)) pushUndo(() => moveTo(from));
  };

  // Selection: a booth for the panel, or an application and then a booth for it.
  plan.addEventListener("click", async (event) => {
    const booth = event.target.closest(".booth[id]");
    if (!booth) return;
    event.preventDefault();
    if (gestures.wasDrag() || plan.dataset.dragging) return;
    selected = idOf(booth);
    if (canManage && application && !booth.dataset.allocation) {
      const applicant = application;
      application = null;
      await allocate(applicant, selected);
    } else {
      await refresh();
    }
    history.replaceState(null, "", currentUrl());
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.closest("#panel") || form.method !== "post") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const fields = [...new FormData(form)].filter(([name]) => name !== "_back" && name !== "_next");
    const value = (name) => fields.find(([n]) => n === name)?.[1];
    if (form.dataset.step === "release") await release(selected, fields);
    else if (form.hasAttribute("data-swap")) await swap(value("one"), value("other"), fields.filter(isOption));
    else if (form.hasAttribute("data-move")) await move(selected, value("booth"), fields.filter(isOption));
    else if (form.hasAttribute("data-hold")) {
      if (await send(`editions/${edition}/allocations`, fields)) {
        const allocation = allocationOn(selected);
        if (allocation) pushUndo(() => releaseAgain(allocation));
      }
    } else await send(new URL(form.action).pathname.replace("/form/", ""), fields);
    document.getElementById("panel").focus({ preventScroll: true });
  }, true);
  const queue = document.getElementById("queue");
  queue.addEventListener("click", (event) => {
    const button = event.target.closest("[data-application]");
    if (!button) return;
    application = application === button.dataset.application ? null : button.dataset.application;
    showSelection();
  });

  // Drag and drop, with any pointer: an application or the exhibitor of a booth onto another booth.
  let drag = null;
  const ghost = document.createElement("div");
  ghost.className = "badge ghost";
  ghost.setAttribute("aria-hidden", "true");
  const boothUnder = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest?.(".plan .booth[id]");
  const startDrag = (event, source) => {
    if (!canManage || !event.isPrimary || event.button !== 0) return;
    drag = { ...source, x: event.clientX, y: event.clientY, started: false };
  };
  queue.addEventListener("pointerdown", (event) => {
    const button = event.target.closest("[data-application]");
    if (!button || event.pointerType !== "mouse") return;
    startDrag(event, { application: button.dataset.application, label: button.dataset.search });
  });
  plan.addEventListener("pointerdown", (event) => {
    const booth = event.target.closest(".booth[data-allocation]");
    // A drag pans the plan; a booth is dragged only if it was selected before, or with Shift.
    if (booth && (event.shiftKey || idOf(booth) === selected)) {
      startDrag(event, { booth: idOf(booth), allocation: booth.dataset.allocation, label: booth.querySelector("title").textContent });
      if (drag) plan.dataset.dragging = "yes";
    }
  }, true);
  addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!drag.started && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 8) return;
    if (!drag.started) {
      drag.started = true;
      plan.dataset.dragging = "yes";
      ghost.textContent = drag.label;
      document.body.append(ghost);
    }
    ghost.style.transform = `translate(${event.clientX + 12}px, ${event.clientY + 12}px)`;
    plan.querySelectorAll(".drop").forEach((b) => b.classList.remove("drop"));
    boothUnder(event)?.classList.add("drop");
  });
  const endDrag = async (event) => {
    if (!drag) return;
    const ended = drag;
    drag = null;
    ghost.remove();
    plan.querySelectorAll(".drop").forEach((b) => b.classList.remove("drop"));
    setTimeout(() => delete plan.dataset.dragging, 50);
    const target = ended.started && event.type === "pointerup" ? boothUnder(event) : null;
    if (!target) return;
    const to = idOf(target);
    if (ended.application) {
      selected = to;
      if (!target.dataset.allocation) await allocate(ended.application, to);
      else await refresh();
    } else if (target.dataset.allocation && to !== ended.booth) {
      if (confirm(plan.dataset.swapAsk)) await swap(ended.allocation, target.dataset.allocation);
    } else if (to !== ended.booth) {
      await move(ended.booth, to);
    }
  };
  addEventListener("pointerup", endDrag);
  addEventListener("pointercancel", endDrag);

  // Filter the queue, ignoring accents.
  const stripAccents = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
  const filterInput = document.getElementById("queue-filter");
  function filter() {
    const term = stripAccents(filterInput?.value ?? "");
    document.querySelectorAll("#queue [data-application]").forEach((b) => (b.hidden = !stripAccents(b.dataset.search).includes(term)));
  }
  filterInput?.addEventListener("input", filter);
  document.getElementById("colour")?.addEventListener("change", (event) => event.target.form.submit());

  // Live updates, debounced by 150 ms.
  let scheduled = false;
  subscribe(plan.dataset.events, () => {
    if (scheduled) return;
    scheduled = true;
    setTimeout(() => {
      scheduled = false;
      if (!drag) refresh();
    }, 150);
  });
  showSelection();
}
