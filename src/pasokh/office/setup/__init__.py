"""The home of administration, its navigation, the organisation and its clients."""
