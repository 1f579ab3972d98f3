"""An invented collaboration, so that everything can be tried. Nothing in it is real."""
