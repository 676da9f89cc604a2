import { subscribe } from "./live.js";

// Pan and zoom of a floor plan: drag, wheel, pinch, buttons, arrow keys, and a booth in the URL fragment. During a gesture
// the SVG only gets a CSS transform, which is cheap on phones; after it the view box is set, so that the SVG is rendered
// sharp and with the level of detail that is readable at this scale.
export function panZoom(plan) {
  const svg = plan.querySelector("svg");
  const fullView = svg.getAttribute("viewBox").split(" ").map(Number);
  let [x, y, width, height] = fullView;
  let drawn = [...fullView];
  let frameRequested = false;
  let settleTimer;
  // Units per pixel of a view box; the default is the target view box.
  const scale = ([, , w, h] = [x, y, width, height]) => Math.max(w / svg.clientWidth, h / svg.clientHeight);
  const settle = () => {
    drawn = [x, y, width, height];
    svg.setAttribute("viewBox", drawn.join(" "));
    svg.style.transform = "";
    const pixels = 1 / scale();
    svg.dataset.detail = pixels < 0.6 ? "none" : pixels < 1.6 ? "codes" : "names";
  };
  const draw = () => {
    clearTimeout(settleTimer);
    settleTimer = setTimeout(settle, 140);
    if (frameRequested) return;
    frameRequested = true;
    requestAnimationFrame(() => {
      frameRequested = false;
      const stretch = drawn[2] / width;
      const shift = stretch / scale(drawn);
      const dx = (drawn[0] + drawn[2] / 2 - x - width / 2) * shift;
      const dy = (drawn[1] + drawn[3] / 2 - y - height / 2) * shift;
      svg.style.transform = `translate(${dx}px, ${dy}px) scale(${stretch})`;
    });
  };
  // Converts client coordinates to SVG units; the SVG is centred in its container.
  const toUnits = (clientX, clientY) => {
    const box = plan.getBoundingClientRect();
    const s = scale();
    return [x + width / 2 + (clientX - box.left - box.width / 2) * s, y + height / 2 + (clientY - box.top - box.height / 2) * s];
  };
  const clamp = () => {
    x = Math.min(Math.max(x, fullView[0] - width / 2), fullView[0] + fullView[2] - width / 2);
    y = Math.min(Math.max(y, fullView[1] - height / 2), fullView[1] + fullView[3] - height / 2);
  };
  const zoom = (factor, around) => {
    const next = Math.min(Math.max(width * factor, 90), fullView[2] * 1.5);
    factor = next / width;
    const [cx, cy] = around ?? [x + width / 2, y + height / 2];
    x = cx - (cx - x) * factor;
    y = cy - (cy - y) * factor;
    width *= factor;
    height *= factor;
    clamp();
    draw();
  };
  const reset = () => {
    [x, y, width, height] = fullView;
    settle();
  };
  const centreOn = (booth) => {
    const box = booth.getBBox();
    width = Math.min(fullView[2], 420);
    height = (width * fullView[3]) / fullView[2];
    [x, y] = [box.x + box.width / 2 - width / 2, box.y + box.height / 2 - height / 2];
    settle();
  };

  const pointers = new Map();
  let moved = 0;
  svg.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    if (!pointers.size) moved = 0;
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
  });
  svg.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before || plan.dataset.dragging) return;
    const now = [event.clientX, event.clientY];
    moved += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
    if (moved > 6 && !svg.hasPointerCapture(event.pointerId)) svg.setPointerCapture(event.pointerId);
    if (pointers.size === 1) {
      x -= (now[0] - before[0]) * scale();
      y -= (now[1] - before[1]) * scale();
      clamp();
      draw();
    } else if (pointers.size === 2) {
      const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
      const distance = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]) || 1;
      zoom(distance(before) / distance(now), toUnits((now[0] + other[0]) / 2, (now[1] + other[1]) / 2));
    }
    pointers.set(event.pointerId, now);
  });
  // On the window: a pointer released outside the plan must end the gesture.
  for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, (event) => pointers.delete(event.pointerId));
  svg.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      zoom(Math.exp(event.deltaY * 0.0015), toUnits(event.clientX, event.clientY));
    },
    { passive: false },
  );
  plan.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom]");
    if (button) ({ in: () => zoom(0.7), out: () => zoom(1.4), all: reset })[button.dataset.zoom]();
  });
  svg.tabIndex = 0;
  svg.addEventListener("keydown", (event) => {
    if (event.target !== svg) return;
    const step = width / 8;
    const keys = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (keys[event.key]) {
      x += keys[event.key][0];
      y += keys[event.key][1];
      clamp();
      draw();
    } else if (event.key === "+" || event.key === "=") zoom(0.7);
    else if (event.key === "-") zoom(1.4);
    else if (event.key === "0") reset();
    else return;
    event.preventDefault();
  });
  addEventListener("resize", settle);
  settle();
  return { centreOn, wasDrag: () => moved > 6 };
}

// Read-only plan: a click on a booth shows its name; live updates.
const plan = document.querySelector(".plan[data-live]");
if (plan && !plan.hasAttribute("data-work")) {
  const gestures = panZoom(plan);
  const output = document.querySelector("[data-picked]");
  plan.addEventListener("click", (event) => {
    const booth = event.target.closest(".booth");
    if (!booth || !booth.id || gestures.wasDrag()) return;
    plan.querySelectorAll(".found").forEach((b) => b.classList.remove("found"));
    booth.classList.add("found");
    output.hidden = false;
    output.textContent = booth.querySelector("title").textContent;
  });
  const linked =
    location.hash &&
    [...plan.querySelectorAll(".booth")].find((b) => b.dataset.code === decodeURIComponent(location.hash.slice(1)));
  if (linked) {
    linked.classList.add("found");
    gestures.centreOn(linked);
  }

  // Live updates, debounced with a random delay of 1.5 to 3.5 s to spread the load of many viewers.
  let scheduled = false;
  subscribe(plan.dataset.live, () => {
    if (scheduled) return;
    scheduled = true;
    setTimeout(async () => {
      scheduled = false;
      const response = await fetch(location.pathname).catch(() => null);
      if (!response?.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const fresh of page.querySelectorAll(".plan .booth[id]")) {
        const old = document.getElementById(fresh.id);
        const found = old?.classList.contains("found");
        if (old && old.outerHTML.replace(" found", "") !== fresh.outerHTML) {
          old.replaceWith(document.importNode(fresh, true));
          if (found) document.getElementById(fresh.id).classList.add("found");
        }
      }
      const [counts, now] = [document.querySelector("[data-counts]"), page.querySelector("[data-counts]")];
      if (counts && now) counts.textContent = now.textContent;
    }, 1500 + Math.random() * 2000);
  });
}
