"""The office: Django apps for people, queues, history, supervision. A folder a feature, the same names in each."""
