"""How does a whole run over files go? Read, acknowledge in batches, report, set aside unreadable records."""

from __future__ import annotations

from searchkit.ingest.progress import IngestProgress
from searchkit.ingest.run import ingest, ingest_documents
from searchkit.model.reports import IngestReport

__all__ = ["IngestProgress", "IngestReport", "ingest", "ingest_documents"]
