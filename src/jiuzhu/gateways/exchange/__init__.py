"""Exchange with the bodies that send data: signed messages in, signed receipts out."""
