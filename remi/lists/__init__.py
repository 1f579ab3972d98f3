"""Lists that people keep: answers, targets, the register, people. One reader for all of them."""
