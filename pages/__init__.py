"""One lesson a file, and what they share in ``pages.shell``. Nothing here imports torch."""
