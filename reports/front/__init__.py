"""Documents of a front: what using less of something costs."""
