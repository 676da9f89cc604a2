// Live updates: after a server-sent event the page is fetched again and its parts with `data-refresh` are replaced, debounced
// to one request per two seconds.

// Calls `onChange` for every change of the edition.
export function subscribe(eventsUrl, onChange) {
  let source;
  const open = () => {
    source = new EventSource(eventsUrl);
    for (const type of [
      "allocation",
      "booth",
      "booth_categories",
      "zone",
      "participant",
      "edition",
      "application",
      "sales_report",
      "visits",
      "deal",
      "gate",
    ]) {
      source.addEventListener(type, onChange);
    }
    // A rejected connection is not retried by the browser (e.g. after the access token expired): reconnect after a delay.
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 5000);
    };
  };
  open();
  addEventListener("pagehide", () => source.close());
}

const parts = document.querySelectorAll("[data-refresh]");
const eventsUrl = document.querySelector("[data-events]")?.dataset.events;
if (parts.length && eventsUrl) {
  let scheduled = false;
  const refresh = async () => {
    scheduled = false;
    const response = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
    if (!response?.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const part of parts) {
      const fresh = page.getElementById(part.id);
      if (!fresh || part.contains(document.activeElement)) continue;
      part.replaceChildren(...fresh.childNodes);
    }
  };
  subscribe(eventsUrl, () => {
    if (scheduled) return;
    scheduled = true;
    setTimeout(refresh, 2000);
  });
}
