"""The design system on one page: tokens and components in all states."""
