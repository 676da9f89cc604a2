"""Reads the feeds of a fair with independent parsers and prints what they say."""
import json
import sys
import urllib.request
import xml.etree.ElementTree as ET

import feedparser
import icalendar

base, slug = sys.argv[1:]


def fetch(path):
    with urllib.request.urlopen(base + path) as response:
        return response.read()


calendar = icalendar.Calendar.from_ical(fetch(f"/api/v1/editions/{slug}/calendar"))
events = [
    {
        "day": event.decoded("dtstart").date().isoformat(),
        "status": str(event["status"]),
        "sequence": int(event["sequence"]),
        "stamped": event.decoded("last-modified") == event.decoded("dtstamp"),
        "summary": str(event["summary"]),
        "broken": [str(error) for error in event.errors],
    }
    for event in calendar.walk("VEVENT")
]
feed = feedparser.parse(fetch(f"/en/fairs/{slug}/news.atom"))
namespace = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
alternate = "{http://www.w3.org/1999/xhtml}link"
addresses = {
    url.find(f"{namespace}loc").text: {
        "lastmod": url.findtext(f"{namespace}lastmod"),
        "alternates": {link.get("hreflang"): link.get("href") for link in url.findall(alternate)},
    }
    for url in ET.fromstring(fetch("/sitemap.xml"))
}
print(
    json.dumps(
        {
            "events": events,
            "malformed": bool(feed.bozo),
            "language": feed.feed.language,
            "self": [link.href for link in feed.feed.links if link.rel == "self"],
            "titles": [entry.title for entry in feed.entries],
            "summaries": [entry.get("summary") for entry in feed.entries],
            "addresses": addresses,
        }
    )
)
