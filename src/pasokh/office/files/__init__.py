"""Attachments of customers and staff: taken in, judged, scanned, shown to whom they concern, swept when unused."""
