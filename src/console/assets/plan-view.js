// Moves about in a floor plan: drag, wheel, pinch, buttons, arrow keys; finds a booth named behind "#". The picture is
// moved by its viewBox alone, at most once a frame.
export function view(plan) {
  const svg = plan.querySelector("svg");
  const whole = svg.getAttribute("viewBox").split(" ").map(Number);
  let [x, y, width, height] = whole;
  let asked = false;
  const draw = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
    });
  };
  const scale = () => Math.max(width / svg.clientWidth, height / svg.clientHeight);
  // A point of the screen in the picture's own units; the picture lies in the middle of its frame.
  const at = (clientX, clientY) => {
    const box = svg.getBoundingClientRect();
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
    draw();
  };
  const find = (booth) => {
    const box = booth.getBBox();
    width = Math.min(whole[2], 420);
    height = (width * whole[3]) / whole[2];
    [x, y] = [box.x + box.width / 2 - width / 2, box.y + box.height / 2 - height / 2];
    draw();
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
  for (const kind of ["pointerup", "pointercancel"]) svg.addEventListener(kind, (event) => fingers.delete(event.pointerId));
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
}
