"""x"""
def replay_command(*a, **k):
    """x"""
