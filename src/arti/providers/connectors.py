"""All connectors. A new provider is one file, one simulator, one folder of recorded responses, and one line here."""

from typing import Final

from arti.providers.contract import Connector
from arti.providers.instagram.connector import Instagram
from arti.providers.soundcloud import SoundCloud
from arti.providers.spotify import Spotify
from arti.providers.youtube.connector import YouTube
from arti.vocabulary import Provider

CONNECTORS: Final[dict[Provider, Connector]] = {
    Provider.SPOTIFY: Spotify(),
    Provider.INSTAGRAM: Instagram(),
    Provider.YOUTUBE: YouTube(),
    Provider.SOUNDCLOUD: SoundCloud(),
}
