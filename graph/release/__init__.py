"""What an audience may know of a network, decided once, on the data: an ordinary network without a person in it."""

from tiaokuai.graph.release.audiences import release
from tiaokuai.graph.release.note import AUDIENCES, BadRelease, Release

__all__ = ["AUDIENCES", "BadRelease", "Release", "release"]
