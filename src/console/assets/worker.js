// Keeps the counter on the device: its page as it was last seen, and the files it needs.
const cacheName = "gate-VERSION";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) =>
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name !== cacheName && name.startsWith("gate-")) await caches.delete(name);
      await self.clients.claim();
    })(),
  ),
);

const keep = async (request, answer) => {
  // Only the page itself: where it led somewhere else (to log in), the old one is worth more.
  if (answer.ok && !answer.redirected) await (await caches.open(cacheName)).put(request, answer.clone());
  return answer;
};

self.addEventListener("message", (event) => {
  // The page that was open before the worker was: it tells what it needs.
  if (event.data?.keep) event.waitUntil(Promise.all(event.data.keep.map((url) => fetch(url).then((answer) => keep(url, answer)))).catch(() => {}));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && pathname.startsWith("/gate/")) {
    event.respondWith(
      (async () => {
        const kept = await caches.match(request, { ignoreSearch: true, ignoreVary: true });
        const stop = new AbortController();
        const timer = kept && setTimeout(() => stop.abort(), 4000);
        try {
          return await keep(pathname, await fetch(request, { signal: stop.signal }));
        } catch (error) {
          if (kept) return kept;
          throw error;
        } finally {
          clearTimeout(timer);
        }
      })(),
    );
  } else if (pathname.startsWith("/assets/")) {
    event.respondWith(caches.match(request, { ignoreVary: true }).then((kept) => kept ?? fetch(request).then((answer) => keep(request, answer))));
  }
});
