import { watch } from "./live.js";

// Moves about in a floor plan: drag, wheel, pinch, buttons, arrow keys; finds a booth named behind "#". While it moves
// the picture is only shifted and stretched, which costs a phone little; when it rests it is drawn anew, sharp, and with
// as much on it as can be read at its size.
export function view(plan) {
  const svg = plan.querySelector("svg");
  const whole = svg.getAttribute("viewBox").split(" ").map(Number);
  let [x, y, width, height] = whole;
  let drawn = [...whole];
  let asked = false;
  let resting;
  // Units a pixel, of what is wanted and of what is drawn.
  const scale = ([, , w, h] = [x, y, width, height]) => Math.max(w / svg.clientWidth, h / svg.clientHeight);
  const rest = () => {
    drawn = [x, y, width, height];
    svg.setAttribute("viewBox", drawn.join(" "));
    svg.style.transform = "";
    const pixels = 1 / scale();
    svg.dataset.detail = pixels < 0.6 ? "none" : pixels < 1.6 ? "codes" : "names";
  };
  const draw = () => {
    clearTimeout(resting);
    resting = setTimeout(rest, 140);
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      const stretch = drawn[2] / width;
      const shift = stretch / scale(drawn);
      const dx = (drawn[0] + drawn[2] / 2 - x - width / 2) * shift;
      const dy = (drawn[1] + drawn[3] / 2 - y - height / 2) * shift;
      svg.style.transform = `translate(${dx}px, ${dy}px) scale(${stretch})`;
    });
  };
  // A point of the screen in the picture's own units; the picture lies in the middle of its frame.
  const at = (clientX, clientY) => {
    const box = plan.getBoundingClientRect();
    const s = scale();
    return [x + width / 2 + (clientX - box.left - box.width / 2) * s, y + height / 2 + (clientY - box.top - box.height / 2) * s];
  };
  const keep = () => {
    x = Math.min(Math.max(x, whole[0] - width / 2), whole[0] + whole[2] - width / 2);
    y = Math.min(Math.max(y, whole[1] - height / 2), whole[1] + whole[3] - height / 2);
  };
  const zoom = (factor, around) => {
    const next = Math.min(Math.max(width * factor, 90), whole[2] * 1.5);
    factor = next / width;
    const [cx, cy] = around ?? [x + width / 2, y + height / 2];
    x = cx - (cx - x) * factor;
    y = cy - (cy - y) * factor;
    width *= factor;
    height *= factor;
    keep();
    draw();
  };
  const all = () => {
    [x, y, width, height] = whole;
    rest();
  };
  const find = (booth) => {
    const box = booth.getBBox();
    width = Math.min(whole[2], 420);
    height = (width * whole[3]) / whole[2];
    [x, y] = [box.x + box.width / 2 - width / 2, box.y + box.height / 2 - height / 2];
    rest();
  };

  const fingers = new Map();
  let moved = 0;
  svg.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    if (!fingers.size) moved = 0;
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
  });
  svg.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before || plan.dataset.dragging) return;
    const now = [event.clientX, event.clientY];
    moved += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
    if (moved > 6 && !svg.hasPointerCapture(event.pointerId)) svg.setPointerCapture(event.pointerId);
    if (fingers.size === 1) {
      x -= (now[0] - before[0]) * scale();
      y -= (now[1] - before[1]) * scale();
      keep();
      draw();
    } else if (fingers.size === 2) {
      const other = [...fingers].find(([id]) => id !== event.pointerId)[1];
      const gap = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]) || 1;
      zoom(gap(before) / gap(now), at((now[0] + other[0]) / 2, (now[1] + other[1]) / 2));
    }
    fingers.set(event.pointerId, now);
  });
  // Wherever it is lifted: a finger that left the plan must not go on moving it.
  for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, (event) => fingers.delete(event.pointerId));
  svg.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      zoom(Math.exp(event.deltaY * 0.0015), at(event.clientX, event.clientY));
    },
    { passive: false },
  );
  plan.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom]");
    if (button) ({ in: () => zoom(0.7), out: () => zoom(1.4), all })[button.dataset.zoom]();
  });
  svg.tabIndex = 0;
  svg.addEventListener("keydown", (event) => {
    if (event.target !== svg) return;
    const step = width / 8;
    const keys = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (keys[event.key]) {
      x += keys[event.key][0];
      y += keys[event.key][1];
      keep();
      draw();
    } else if (event.key === "+" || event.key === "=") zoom(0.7);
    else if (event.key === "-") zoom(1.4);
    else if (event.key === "0") all();
    else return;
    event.preventDefault();
  });
  addEventListener("resize", rest);
  rest();
  return { find, all, zoom, wasDrag: () => moved > 6 };
}

// On pages that only show the plan: a booth that is hit tells its name, and changes appear by themselves.
const plan = document.querySelector(".plan[data-live]");
if (plan && !plan.hasAttribute("data-work")) {
  const moves = view(plan);
  const said = document.querySelector("[data-picked]");
  plan.addEventListener("click", (event) => {
    const booth = event.target.closest(".booth");
    if (!booth || !booth.id || moves.wasDrag()) return;
    plan.querySelectorAll(".found").forEach((b) => b.classList.remove("found"));
    booth.classList.add("found");
    said.hidden = false;
    said.textContent = booth.querySelector("title").textContent;
  });
  const named = location.hash && [...plan.querySelectorAll(".booth")].find((b) => b.dataset.code === decodeURIComponent(location.hash.slice(1)));
  if (named) {
    named.classList.add("found");
    moves.find(named);
  }

  // A change by the organiser appears within seconds; many at once cost one look.
  let waiting = false;
  watch(plan.dataset.live, () => {
    if (waiting) return;
    waiting = true;
    setTimeout(async () => {
      waiting = false;
      const answer = await fetch(location.pathname).catch(() => null);
      if (!answer?.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
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
