"""What people bring on paper and what we made for them: kept sealed with the case, images drawn anew, each look written down."""
