"""What every other package may lean on: ids, instants, errors, message bases. Imports nothing of Pasokh."""
