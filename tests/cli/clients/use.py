"""What a partner would write with the generated client."""
import json
import sys

from hoicho_client import AuthenticatedClient
from hoicho_client.api.editions import create_series, get_edition, get_edition_page, list_editions
from hoicho_client.api.floor import list_booths
from hoicho_client.models import BoothPart, CreateSeries, Occupancy, ProblemView, SeriesView
from hoicho_client.types import UNSET

base, token, organiser = sys.argv[1:]
client = AuthenticatedClient(base_url=base, token=token)


def mirror(edition):
    booths, cursor = {}, UNSET
    while True:
        page = list_booths.sync(edition, client=client, limit=100, cursor=cursor, include=BoothPart.OCCUPANCY)
        booths.update({booth.id: booth for booth in page.items})
        if not page.next_cursor:
            return booths, page.synced
        cursor = page.next_cursor


booths, synced = mirror("ocop-mien-bac-2018")
changed = list_booths.sync("ocop-mien-bac-2018", client=client, updated_since=synced)
page = get_edition_page.sync("ocop-quang-ninh-xuan-2018", client=client, include="figures")
made = create_series.sync(client=client, body=CreateSeries(organiser=organiser, name="Từ Python"))
assert isinstance(made, SeriesView), made
refused = create_series.sync(client=client, body=CreateSeries(organiser=organiser, name=""))
assert isinstance(refused, ProblemView), refused
missing = get_edition.sync("khong-co", client=client)
print(
    json.dumps(
        {
            "editions": len(list_editions.sync(client=client).items),
            "booths": len(booths),
            "let": sum(booth.occupancy == Occupancy.LET for booth in booths.values()),
            "changed": len(changed.items),
            "sales": page.figures.sales.total.amount,
            "made": made.name,
            "fault": refused.errors[0].pointer,
            "missing": missing.code,
        },
        ensure_ascii=False,
    )
)
