"""Demo traffic: drawn customers and agents who work the live centre through the same doors as people."""
