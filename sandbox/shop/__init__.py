"""A fashion shop: catalogue, product page, reviews and a cart that the database keeps."""
