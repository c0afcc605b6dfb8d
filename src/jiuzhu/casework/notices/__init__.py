"""What a person is told: letters with proof of service, publications in the village, short messages."""
