// Counts at a gate. A count is on the device, for good, before the number on the screen changes; it is sent when there
// is a network, and forgotten when the server says that it has it. The server takes each identifier once.
const root = document.querySelector("[data-gate]");
if (root) start();

// UUID version 7: the time, then chance.
function identifier() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const now = Date.now();
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(now / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = 0x70 | (bytes[6] & 15);
  bytes[8] = 0x80 | (bytes[8] & 63);
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("hoicho-gate", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("events", { keyPath: "id" });
      request.result.createObjectStore("totals");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
const ended = (tx) => new Promise((resolve, reject) => {
  tx.oncomplete = resolve;
  tx.onabort = tx.onerror = () => reject(tx.error);
});
const result = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function start() {
  const said = root.dataset;
  const status = root.querySelector("[data-status]");
  const total = root.querySelector("[data-total]");
  const buttons = root.querySelectorAll("[data-count]");
  const gate = root.querySelector("select");
  const tell = (text, kind) => {
    status.textContent = text;
    status.className = `note ${kind}`;
  };
  let db;
  try {
    db = await open();
  } catch {
    tell(said.unkept, "bad");
    return;
  }
  navigator.storage?.persist?.();
  const chosenKey = `gate:${said.edition}`;
  const kept = localStorage.getItem(chosenKey);
  if (kept && [...gate.options].some((o) => o.value === kept)) gate.value = kept;
  const day = () => new Intl.DateTimeFormat("en-CA", { timeZone: said.zone }).format(new Date());
  const totalKey = () => `${said.edition}|${gate.value}|${day()}`;
  const number = new Intl.NumberFormat(document.documentElement.lang);

  const show = async () => {
    const tx = db.transaction(["events", "totals"]);
    const [counted, unsent] = await Promise.all([result(tx.objectStore("totals").get(totalKey())), result(tx.objectStore("events").getAll())]);
    total.textContent = number.format(counted ?? 0);
    buttons.forEach((b) => (b.disabled = !gate.value));
    const own = unsent.filter((e) => e.edition === said.edition);
    root.dataset.unsentNow = own.length;
    return own;
  };
  let trouble = null;
  const report = (own) => {
    const refused = own.filter((e) => e.refused);
    if (refused.length) tell(`${said.refused.replace("{n}", number.format(refused.length))} ${refused[0].refused}`, "bad");
    else if (!own.length) tell(said.allSent, "good");
    else tell([said.unsent.replace("{n}", number.format(own.length)), trouble].filter(Boolean).join(" "), trouble ? "warn" : "");
  };

  const count = async (kind) => {
    const event = { id: identifier(), edition: said.edition, gate: gate.value, occurred_at: new Date().toISOString(), entries: 0, exits: 0 };
    if (kind === "in") event.entries = 1;
    else if (kind === "out") event.exits = 1;
    else Object.assign(event, { entries: -1, reason: said.mistake });
    const tx = db.transaction(["events", "totals"], "readwrite", { durability: "strict" });
    const totals = tx.objectStore("totals");
    const key = totalKey();
    tx.objectStore("events").add(event);
    const before = totals.get(key);
    before.onsuccess = () => totals.put((before.result ?? 0) + event.entries, key);
    try {
      await ended(tx);
    } catch {
      tell(said.unkept, "bad");
      return;
    }
    navigator.vibrate?.(15);
    report(await show());
    soon(800);
  };
  buttons.forEach((button) => button.addEventListener("click", () => count(button.dataset.count)));
  gate.addEventListener("change", async () => {
    localStorage.setItem(chosenKey, gate.value);
    report(await show());
  });

  const forget = async (events) => {
    const tx = db.transaction("events", "readwrite");
    events.forEach((e) => tx.objectStore("events").delete(e.id));
    await ended(tx);
  };
  // A batch that the server does not take is sent one by one, so that one faulty count holds nobody up.
  const send = async (events) => {
    const body = JSON.stringify({ events: events.map(({ edition, refused, ...event }) => event) });
    const answer = await fetch(`/api/v1/editions/${said.edition}/visit-counts`, { method: "POST", headers: { "content-type": "application/json" }, body, signal: AbortSignal.timeout(20000) });
    if (answer.ok) return forget(events);
    if (answer.status === 422 && events.length > 1) {
      for (const event of events) await send([event]);
      return;
    }
    const problem = await answer.json().catch(() => ({}));
    if (answer.status === 401 || answer.status === 403 || answer.status === 404) throw new Error(said.login);
    if (answer.status === 422 || answer.status === 409) {
      const tx = db.transaction("events", "readwrite");
      events.forEach((e) => tx.objectStore("events").put({ ...e, refused: problem.errors?.[0]?.detail ?? problem.detail ?? problem.title ?? "" }));
      return ended(tx);
    }
    throw new Error(said.offline);
  };
  let sending = false;
  const flush = async () => {
    if (sending) return;
    sending = true;
    try {
      const waiting = (await show()).filter((e) => !e.refused);
      for (let i = 0; i < waiting.length; i += 500) await send(waiting.slice(i, i + 500));
      trouble = null;
    } catch (error) {
      trouble = error.message === said.login ? said.login : said.offline;
    } finally {
      sending = false;
    }
    report(await show());
  };
  let timer;
  const soon = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      await flush();
      soon(5000);
    }, ms);
  };
  addEventListener("online", () => soon(0));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && soon(0));
  report(await show());
  soon(0);

  if ("serviceWorker" in navigator) {
    await navigator.serviceWorker.register("/gate/worker.js", { scope: "/gate/" });
    const worker = (await navigator.serviceWorker.ready).active;
    const files = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((e) => e.href || e.src);
    worker.postMessage({ keep: [location.pathname, ...files] });
    root.dataset.installed = "yes";
  }
}
