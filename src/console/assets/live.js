// Parts of a page that keep themselves current: when the server says that something changed, the page is fetched anew
// and its parts are put in place. However much happens, at most once in two seconds.
export function watch(events, changed) {
  let source;
  const open = () => {
    source = new EventSource(events);
    for (const kind of ["allocation", "booth", "booth_categories", "zone", "participant", "edition", "application", "sales_report", "visits", "trade_deal", "gate"]) {
      source.addEventListener(kind, changed);
    }
    // The cookie of a long day is renewed by any request: after a refusal try again with a fresh one.
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 5000);
    };
  };
  open();
  addEventListener("pagehide", () => source.close());
}

const parts = document.querySelectorAll("[data-refresh]");
const events = document.querySelector("[data-events]")?.dataset.events;
if (parts.length && events) {
  let waiting = false;
  const refresh = async () => {
    waiting = false;
    const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of parts) {
      const fresh = page.getElementById(part.id);
      if (!fresh || part.contains(document.activeElement)) continue;
      part.replaceChildren(...fresh.childNodes);
    }
  };
  watch(events, () => {
    if (waiting) return;
    waiting = true;
    setTimeout(refresh, 2000);
  });
}
