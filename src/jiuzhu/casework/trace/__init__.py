"""The record of every act: written with the act or the act does not happen, chained, sealed, and told in sentences."""
