// Offline-first visit counter. A count is committed to IndexedDB before the display changes, sent when there is a network
// connection, and deleted after the server has acknowledged it. The server deduplicates by identifier. A batch has the time by
// this device's clock, so that the server notices a wrong one and corrects the times.
const root = document.querySelector("[data-gate]");
if (root) start();

// UUID version 7: timestamp, then random bits.
function uuidV7() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const now = Date.now();
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(now / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = 0x70 | (bytes[6] & 15);
  bytes[8] = 0x80 | (bytes[8] & 63);
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function openDatabase() {
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
const completed = (tx) => new Promise((resolve, reject) => {
  tx.oncomplete = resolve;
  tx.onabort = tx.onerror = () => reject(tx.error);
});
const result = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function start() {
  const settings = root.dataset;
  const status = root.querySelector("[data-status]");
  const total = root.querySelector("[data-total]");
  const clockNote = root.querySelector("[data-clock]");
  const outsideNote = root.querySelector("[data-outside]");
  const buttons = root.querySelectorAll("[data-count]");
  const gate = root.querySelector("select");
  const showStatus = (text, kind) => {
    status.textContent = text;
    status.className = `note ${kind}`;
  };
  let db;
  try {
    db = await openDatabase();
  } catch {
    showStatus(settings.storageFailed, "bad");
    return;
  }
  navigator.storage?.persist?.();
  // The identifier of this device, and what the server added to its times, in seconds. Both are stored with the totals.
  const restore = async (key, initial) => {
    const tx = db.transaction("totals", "readwrite", { durability: "strict" });
    const totals = tx.objectStore("totals");
    const stored = totals.get(key);
    stored.onsuccess = () => stored.result === undefined && totals.put(initial, key);
    await completed(tx);
    return stored.result ?? initial;
  };
  let device, clockCorrection;
  try {
    device = await restore("device", uuidV7());
    clockCorrection = await restore("clock", 0);
  } catch {
    showStatus(settings.storageFailed, "bad");
    return;
  }
  const selectedGateKey = `gate:${settings.edition}`;
  const storedGate = localStorage.getItem(selectedGateKey);
  if (storedGate && [...gate.options].some((o) => o.value === storedGate)) gate.value = storedGate;
  const day = () => new Intl.DateTimeFormat("en-CA", { timeZone: settings.zone }).format(Date.now() + clockCorrection * 1000);
  const totalKey = () => `${settings.edition}|${gate.value}|${day()}`;
  const number = new Intl.NumberFormat(document.documentElement.lang);

  const showTotal = async () => {
    const tx = db.transaction(["events", "totals"]);
    const [counted, unsent] = await Promise.all([
      result(tx.objectStore("totals").get(totalKey())),
      result(tx.objectStore("events").getAll()),
    ]);
    total.textContent = number.format(counted ?? 0);
    // A device corrects its own counts only.
    buttons.forEach((b) => (b.disabled = !gate.value || (b.dataset.count === "mistake" && !(counted > 0))));
    const own = unsent.filter((e) => e.edition === settings.edition);
    root.dataset.unsentNow = own.length;
    return own;
  };
  const showClock = () => {
    const minutes = Math.round(Math.abs(clockCorrection) / 60);
    clockNote.hidden = !clockCorrection;
    clockNote.textContent = (clockCorrection < 0 ? settings.clockFast : settings.clockSlow).replace("{n}", number.format(minutes));
  };
  const showOutsideHours = (count) => {
    outsideNote.hidden = !count;
    outsideNote.textContent = settings.outsideHours.replace("{n}", number.format(count));
  };
  // The corrected time may be of another day: today's total moves there.
  const storeClock = async (correction) => {
    if (correction === clockCorrection) return;
    const before = totalKey();
    clockCorrection = correction;
    const tx = db.transaction("totals", "readwrite");
    const totals = tx.objectStore("totals");
    totals.put(correction, "clock");
    const moved = totals.get(before);
    moved.onsuccess = () => {
      if (before === totalKey() || !moved.result) return;
      totals.put(moved.result, totalKey());
      totals.delete(before);
    };
    await completed(tx);
    showClock();
  };
  let sendError = null;
  const showUnsent = (own) => {
    const rejected = own.filter((e) => e.rejection);
    if (rejected.length) showStatus(`${settings.rejected.replace("{n}", number.format(rejected.length))} ${rejected[0].rejection}`, "bad");
    else if (!own.length) showStatus(settings.allSent, "good");
    else {
      const unsent = settings.unsent.replace("{n}", number.format(own.length));
      showStatus([unsent, sendError].filter(Boolean).join(" "), sendError ? "warn" : "");
    }
  };

  const count = async (kind) => {
    const event = {
      id: uuidV7(),
      edition: settings.edition,
      gate: gate.value,
      occurred_at: new Date().toISOString(),
      entries: 0,
      exits: 0,
    };
    if (kind === "in") event.entries = 1;
    else if (kind === "out") event.exits = 1;
    else Object.assign(event, { entries: -1, reason: settings.mistake });
    const tx = db.transaction(["events", "totals"], "readwrite", { durability: "strict" });
    const totals = tx.objectStore("totals");
    const key = totalKey();
    tx.objectStore("events").add(event);
    const before = totals.get(key);
    before.onsuccess = () => totals.put((before.result ?? 0) + event.entries, key);
    try {
      await completed(tx);
    } catch {
      showStatus(settings.storageFailed, "bad");
      return;
    }
    navigator.vibrate?.(15);
    showUnsent(await showTotal());
    scheduleFlush(800);
  };
  buttons.forEach((button) => button.addEventListener("click", () => count(button.dataset.count)));
  gate.addEventListener("change", async () => {
    localStorage.setItem(selectedGateKey, gate.value);
    showUnsent(await showTotal());
  });

  const deleteEvents = async (events) => {
    const tx = db.transaction("events", "readwrite");
    events.forEach((e) => tx.objectStore("events").delete(e.id));
    await completed(tx);
  };
  // A batch that fails validation is sent event by event, so that one invalid count does not block the others.
  const send = async (events) => {
    const sent = events.map(({ edition, rejection, ...event }) => event);
    const body = JSON.stringify({ device, now: new Date().toISOString(), events: sent });
    const response = await fetch(`/api/v1/editions/${settings.edition}/visit-counts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal: AbortSignal.timeout(20000),
    });
    if (response.ok) {
      const counted = await response.json().catch(() => null);
      await deleteEvents(events);
      if (counted) {
        await storeClock(counted.clock_correction_s);
        showOutsideHours(counted.outside_hours);
      }
      return;
    }
    if (response.status === 422 && events.length > 1) {
      for (const event of events) await send([event]);
      return;
    }
    const problem = await response.json().catch(() => ({}));
    if (response.status === 401 || response.status === 403 || response.status === 404) throw new Error(settings.login);
    if (response.status === 422 || response.status === 409) {
      const tx = db.transaction("events", "readwrite");
      const rejection = problem.errors?.[0]?.detail ?? problem.detail ?? problem.title ?? "";
      events.forEach((e) => tx.objectStore("events").put({ ...e, rejection }));
      return completed(tx);
    }
    throw new Error(settings.offline);
  };
  let sending = false;
  const flush = async () => {
    if (sending) return;
    sending = true;
    try {
      const pending = (await showTotal()).filter((e) => !e.rejection);
      for (let i = 0; i < pending.length; i += 500) await send(pending.slice(i, i + 500));
      sendError = null;
    } catch (error) {
      sendError = error.message === settings.login ? settings.login : settings.offline;
    } finally {
      sending = false;
    }
    showUnsent(await showTotal());
  };
  let timer;
  const scheduleFlush = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      await flush();
      scheduleFlush(5000);
    }, ms);
  };
  addEventListener("online", () => scheduleFlush(0));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && scheduleFlush(0));
  showClock();
  showUnsent(await showTotal());
  scheduleFlush(0);

  if ("serviceWorker" in navigator) {
    await navigator.serviceWorker.register("/gate/worker.js", { scope: "/gate/" });
    const worker = (await navigator.serviceWorker.ready).active;
    const files = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((e) => e.href || e.src);
    worker.postMessage({ keep: [location.pathname, ...files] });
    root.dataset.installed = "yes";
  }
}
