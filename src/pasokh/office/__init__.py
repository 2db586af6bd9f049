"""The office: Django apps for people, queues, history and supervision. One folder a feature, the same file names in each."""
