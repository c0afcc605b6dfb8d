"""The people casework met, whoever knows them besides: identity sealed, found again by an exact number alone."""
