"""The flow language of IVR and bots: what a caller hears and may choose until a person answers. Pure.

`nodes` is the language, `reading` its files, `check` what keeps a bad flow unpublished, `advance` the interpreter.
"""
