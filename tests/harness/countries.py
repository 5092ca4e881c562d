"""A small country table in MaxMind DB format, written by a package made for that."""

import os

from mmdb_writer import MMDBWriter
from netaddr import IPSet

# Addresses for documentation, in two countries; 203.0.113.0/24 is nowhere.
GERMANY, SWITZERLAND = ["198.51.100.0/24", "2001:db8:de::/48"], ["192.0.2.0/24"]


def write_table(path, countries=None):
    """Writes a table, by default of two countries, and puts it in place at once."""
    countries = countries or {"DE": GERMANY, "CH": SWITZERLAND}
    writer = MMDBWriter(
        ip_version=6,
        ipv4_compatible=True,
        database_type="GeoLite2-Country",
        languages=["en"],
        description="for tests",
    )
    for code, networks in countries.items():
        writer.insert_network(IPSet(networks), {"country": {"iso_code": code}})
    draft = f"{path}.new"
    writer.to_db_file(draft)
    os.replace(draft, path)
    return path
