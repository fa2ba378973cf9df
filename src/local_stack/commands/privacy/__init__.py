"""`./arti export` and `./arti erase`: what is stored about persons and orgs, for the operator whom they ask."""
