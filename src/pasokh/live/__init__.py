"""Push to browsers: snapshots with cursors, patches, authenticated sockets. A bare ASGI application."""
