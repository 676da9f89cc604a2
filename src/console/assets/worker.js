// Service worker: caches the counter page and its assets for offline use.
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

const store = async (request, response) => {
  // Do not cache a redirect target (e.g. the login page) in place of the page.
  if (response.ok && !response.redirected) await (await caches.open(cacheName)).put(request, response.clone());
  return response;
};

self.addEventListener("message", (event) => {
  // The page that registered the worker was loaded before it was active, so it sends the URLs to cache.
  if (!event.data?.keep) return;
  const stored = event.data.keep.map((url) => fetch(url).then((response) => store(url, response)));
  event.waitUntil(Promise.all(stored).catch(() => {}));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && pathname.startsWith("/gate/")) {
    event.respondWith(
      (async () => {
        const cached = await caches.match(request, { ignoreSearch: true, ignoreVary: true });
        const timeout = new AbortController();
        const timer = cached && setTimeout(() => timeout.abort(), 4000);
        try {
          return await store(pathname, await fetch(request, { signal: timeout.signal }));
        } catch (error) {
          if (cached) return cached;
          throw error;
        } finally {
          clearTimeout(timer);
        }
      })(),
    );
  } else if (pathname.startsWith("/assets/")) {
    event.respondWith(
      caches
        .match(request, { ignoreVary: true })
        .then((cached) => cached ?? fetch(request).then((response) => store(request, response))),
    );
  }
});
