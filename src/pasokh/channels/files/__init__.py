"""Files that customers and staff attach: what they are judged to be, where they lie, who looks at them for viruses."""
