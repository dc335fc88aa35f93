"""tiaokuai: coverage, influence, what-if simulation and provable plans for lines and blocks (条块延伸法)."""

__version__ = "0.1.0"
