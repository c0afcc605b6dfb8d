"""The pages of residents: on a telephone, in large type if wanted, without scripts; ask for help, follow it, read letters, object."""
