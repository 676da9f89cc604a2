// The floor plan as the place to work. Everything is done by the forms of the page; this sends them without leaving it,
// puts the fresh parts in place, and turns dragging into the same forms. What was done last can be undone.
import { view } from "./plan-view.js";
import { watch } from "./live.js";

const plan = document.querySelector(".plan[data-work]");
if (plan) start();

function start() {
  const moves = view(plan);
  const { edition, colour } = plan.dataset;
  const may = plan.dataset.can === "true";
  const here = `/manage/${edition}/plan`;
  const undo = document.querySelector("[data-undo]");
  const done = [];
  let chosen = new URLSearchParams(location.search).get("booth");
  let application = document.querySelector("#queue [aria-pressed=true]")?.dataset.application ?? null;
  const booths = () => plan.querySelectorAll(".booth[id]");
  const byId = (id) => document.getElementById(`b-${id}`);
  const idOf = (booth) => booth.id.slice(2);

  const mark = () => {
    booths().forEach((b) => (idOf(b) === chosen ? b.setAttribute("aria-current", "true") : b.removeAttribute("aria-current")));
    document.querySelectorAll("#queue [data-application]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.application === application)));
  };
  // Puts what a fresh page says in place of what is here.
  const show = (html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const id of ["panel", "queue", "legend", "said"]) {
      const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
      if (old && fresh && !(id === "panel" && old.contains(document.activeElement) && document.activeElement.matches("input, select"))) old.replaceChildren(...fresh.childNodes);
    }
    document.querySelectorAll("main > .note").forEach((note) => note.remove());
    page.querySelectorAll("main > .note").forEach((note) => document.querySelector("main").prepend(note));
    for (const fresh of page.querySelectorAll(".plan .booth[id]")) {
      const old = document.getElementById(fresh.id);
      if (!old) continue;
      if (old.outerHTML !== fresh.outerHTML) old.replaceWith(document.importNode(fresh, true));
    }
    filter();
    mark();
    return !page.querySelector("main > .note.bad");
  };
  const address = () => `${here}?colour=${colour}${chosen ? `&booth=${chosen}` : ""}${application ? `&application=${application}` : ""}`;
  const refresh = async () => {
    const answer = await fetch(address()).catch(() => null);
    if (answer?.ok) show(await answer.text());
  };
  const failed = () => {
    document.querySelectorAll("main > .note").forEach((note) => note.remove());
    const note = document.createElement("p");
    note.className = "note bad";
    note.role = "alert";
    note.textContent = plan.dataset.failed;
    document.querySelector("main").prepend(note);
    return false;
  };
  // Sends a form; its answer is the page itself, with what was wrong on it.
  const send = async (action, fields) => {
    const body = new URLSearchParams([...fields, ["_back", address()]]);
    const answer = await fetch(`/form/${action}`, { method: "POST", body }).catch(() => null);
    if (!answer?.ok) return failed();
    return show(await answer.text());
  };
  const remember = (step) => {
    done.push(step);
    undo.hidden = !may;
  };
  undo?.addEventListener("click", async () => {
    const step = done.pop();
    undo.hidden = !done.length;
    if (step) await step();
  });

  const allocationOn = (booth) => byId(booth)?.dataset.allocation;
  const hold = async (who, booth) => {
    const ok = await send(`editions/${edition}/allocations`, [["application", who], ["booths", booth]]);
    return ok && allocationOn(booth);
  };
  const step = (allocation, name) => send(`allocations/${allocation}/${name}`, []);
  const release = async (booth) => {
    const was = { ...byId(booth).dataset };
    if (!(await step(was.allocation, "release"))) return false;
    remember(async () => {
      const again = await hold(was.application, booth);
      for (const next of { offered: ["offer"], confirmed: ["offer", "confirm"], checked_in: ["offer", "confirm", "check-in"] }[was.state] ?? []) if (again) await step(again, next);
    });
    return true;
  };
  const give = async (who, booth) => {
    const allocation = await hold(who, booth);
    if (allocation) remember(() => step(allocation, "release"));
  };
  const swap = async (one, other) => {
    if (await send(`editions/${edition}/allocations/swap`, [["one", one], ["other", other]])) remember(() => send(`editions/${edition}/allocations/swap`, [["one", one], ["other", other]]));
  };

  // Choosing: a booth for the panel, or an application and then a booth for it.
  plan.addEventListener("click", async (event) => {
    const booth = event.target.closest(".booth[id]");
    if (!booth) return;
    event.preventDefault();
    if (moves.wasDrag() || plan.dataset.dragging) return;
    chosen = idOf(booth);
    if (may && application && !booth.dataset.allocation) {
      const who = application;
      application = null;
      await give(who, chosen);
    } else {
      await refresh();
    }
    history.replaceState(null, "", address());
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.closest("#panel") || form.method !== "post") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const fields = [...new FormData(form)].filter(([name]) => name !== "_back" && name !== "_next");
    const value = (name) => fields.find(([n]) => n === name)?.[1];
    if (form.dataset.step === "release") await release(chosen);
    else if (form.hasAttribute("data-swap")) await swap(value("one"), value("other"));
    else if (form.hasAttribute("data-hold")) {
      if (await send(`editions/${edition}/allocations`, fields)) {
        const allocation = allocationOn(chosen);
        if (allocation) remember(() => step(allocation, "release"));
      }
    } else await send(new URL(form.action).pathname.replace("/form/", ""), fields);
    document.getElementById("panel").focus({ preventScroll: true });
  }, true);
  const queue = document.getElementById("queue");
  queue.addEventListener("click", (event) => {
    const button = event.target.closest("[data-application]");
    if (!button) return;
    application = application === button.dataset.application ? null : button.dataset.application;
    mark();
  });

  // Dragging, by mouse, pen or finger: an application, or a booth's exhibitor, onto another booth.
  let drag = null;
  const ghost = document.createElement("div");
  ghost.className = "badge ghost";
  ghost.setAttribute("aria-hidden", "true");
  const over = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest?.(".plan .booth[id]");
  const begin = (event, from) => {
    if (may && event.isPrimary && event.button === 0) drag = { ...from, x: event.clientX, y: event.clientY, going: false };
  };
  queue.addEventListener("pointerdown", (event) => {
    const button = event.target.closest("[data-application]");
    if (button && event.pointerType === "mouse") begin(event, { application: button.dataset.application, label: button.dataset.search });
  });
  plan.addEventListener("pointerdown", (event) => {
    const booth = event.target.closest(".booth[data-allocation]");
    // With a finger the plan itself is moved; a booth is moved when it was chosen before.
    if (booth && (event.shiftKey || idOf(booth) === chosen)) {
      begin(event, { booth: idOf(booth), allocation: booth.dataset.allocation, label: booth.querySelector("title").textContent });
      if (drag) plan.dataset.dragging = "yes";
    }
  }, true);
  addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!drag.going && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 8) return;
    if (!drag.going) {
      drag.going = true;
      plan.dataset.dragging = "yes";
      ghost.textContent = drag.label;
      document.body.append(ghost);
    }
    ghost.style.transform = `translate(${event.clientX + 12}px, ${event.clientY + 12}px)`;
    plan.querySelectorAll(".drop").forEach((b) => b.classList.remove("drop"));
    over(event)?.classList.add("drop");
  });
  const end = async (event) => {
    if (!drag) return;
    const was = drag;
    drag = null;
    ghost.remove();
    plan.querySelectorAll(".drop").forEach((b) => b.classList.remove("drop"));
    setTimeout(() => delete plan.dataset.dragging, 50);
    const target = was.going && event.type === "pointerup" ? over(event) : null;
    if (!target) return;
    const to = idOf(target);
    if (was.application) {
      chosen = to;
      if (!target.dataset.allocation) await give(was.application, to);
      else await refresh();
    } else if (target.dataset.allocation && to !== was.booth) {
      if (confirm(plan.dataset.swapAsk)) await swap(was.allocation, target.dataset.allocation);
    } else if (to !== was.booth) {
      chosen = to;
      const move = (booth) => send(`allocations/${was.allocation}/move`, [["booth", booth]]);
      if (await move(to)) remember(() => move(was.booth));
    }
  };
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);

  // Finding somebody in the queue, without accents.
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
  const filterBox = document.getElementById("queue-filter");
  function filter() {
    const wanted = fold(filterBox?.value ?? "");
    document.querySelectorAll("#queue [data-application]").forEach((b) => (b.hidden = !fold(b.dataset.search).includes(wanted)));
  }
  filterBox?.addEventListener("input", filter);
  document.getElementById("colour")?.addEventListener("change", (event) => event.target.form.submit());

  // Another person's change appears at once.
  let waiting = false;
  watch(plan.dataset.events, () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      if (!drag) refresh();
    }, 150);
  });
  mark();
}
