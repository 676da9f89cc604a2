// What a partner would write with the generated types: a wrong field or parameter does not compile.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const [, , base, token, organiser] = process.argv;
const client = createClient<paths>({ baseUrl: base, headers: { authorization: `Bearer ${token}` } });
type Booth = components["schemas"]["BoothView"];

async function mirror(edition: string): Promise<{ booths: Map<string, Booth>; synced: string }> {
  const booths = new Map<string, Booth>();
  let cursor: string | undefined;
  for (;;) {
    const { data, error } = await client.GET("/api/v1/editions/{edition}/booths", {
      params: { path: { edition }, query: { limit: 100, cursor, include: "occupancy" } },
    });
    if (!data) throw new Error(error?.title ?? "no answer");
    for (const booth of data.items) booths.set(booth.id, booth);
    if (!data.next_cursor) return { booths, synced: data.synced };
    cursor = data.next_cursor;
  }
}

const { data: editions } = await client.GET("/api/v1/editions", { params: { query: { fields: "slug" } } });
const { booths, synced } = await mirror("ocop-mien-bac-2018");
const { data: changed } = await client.GET("/api/v1/editions/{edition}/booths", {
  params: { path: { edition: "ocop-mien-bac-2018" }, query: { updated_since: synced } },
});
const { data: page } = await client.GET("/api/v1/editions/{edition}/page", {
  params: { path: { edition: "ocop-quang-ninh-xuan-2018" }, query: { include: "figures" } },
});
const { data: made } = await client.POST("/api/v1/series", { body: { organiser: organiser!, name: "Từ TypeScript" } });
const { error } = await client.POST("/api/v1/series", { body: { organiser: organiser!, name: "" } });
const { error: missing } = await client.GET("/api/v1/editions/{edition}", { params: { path: { edition: "khong-co" } } });
console.log(
  JSON.stringify({
    editions: editions?.items.length,
    booths: booths.size,
    let: [...booths.values()].filter((b) => b.occupancy === "let").length,
    changed: changed?.items.length,
    sales: page?.figures?.sales.total?.amount,
    made: made?.name,
    fault: error?.errors?.[0]?.pointer,
    missing: missing?.code,
  }),
);
