"""A page's tree as a browser has it: controls, names, form data, htmx attributes. Imports no Django."""
